/** Jobs in progress at a simulated service, and how often and how late a watcher polls them. */
import { expect } from "chai";

import { JobWatcher } from "../../provider/core/job-watcher";
import type { WatchOptions } from "../../provider/core/job-watcher";
import { pollInterval } from "../../provider/core/poll-schedule";
import { existing, hour, s3Export } from "./samples";
import type { SimulatedJob } from "./simulator";
import type { SimulatorOptions } from "./simulator-options";
import { Simulator } from "./simulator";

export const minute = 60_000;
export const patient = { timeout: 6 * hour, errorToleranceMs: 10 * minute };
const { minMs, ageFraction } = pollInterval;

/** Number of polls until the end of the first job of a type is seen. The first two polls are early, after 25 and 100 ms. */
export const pollsOf = (duration: number): number => {
  let polls = 2;
  for (let age = 100; age < duration; polls++) age = Math.max(age + minMs, age / (1 - ageFraction));
  return polls;
};

/** Greatest lag of a job of this duration that the poll interval permits, with 1 ms for rounding. */
export const maxLagOf = (duration: number): number =>
  Math.max(minMs, (duration * ageFraction) / (1 - ageFraction)) + 1;

/** Running jobs with these durations, and a watcher. */
export const running = (durations: readonly number[], options: SimulatorOptions = {}) => {
  const service = new Simulator({ ...options, duration: ({ id }) => durations[Number(id.slice(3)) - 1]! });
  const jobs = durations.map((_, i) => existing(service, s3Export([`k${i}`]), "IN_PROGRESS", { age: 0 }));
  const watcher = new JobWatcher(service, service.clock);
  const wait = (index: number, options: WatchOptions = patient) =>
    watcher.wait(structuredClone(jobs[index]!), options);
  return { service, jobs, watcher, wait };
};

/** Milliseconds from the end of each job until the watcher detects it. */
export const lags = (service: Simulator, jobs: SimulatedJob[], watcher: JobWatcher) =>
  Promise.all(
    jobs.map(async (job) => {
      const ended = await watcher.wait(structuredClone(job), patient);
      expect(ended?.state).to.equal("COMPLETED");
      return service.clock.now() - job.endsAt;
    }),
  );
