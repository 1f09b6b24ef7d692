/** How many API calls it takes to see jobs end: sweeps of ListJobs, against GetJob for each at the same pace. */
import type { DataExchange } from "../../../provider/core/ports";
import { Pace } from "../../../provider/core/poll-schedule";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { systemClock } from "../../../lib/clock";
import type { Figure } from "../benchmark";
import { atMost } from "../benchmark";
import { median } from "../statistics";
import { Service, instantType } from "../support/service";
import { connect, lagOf, patience, poll, startJobs } from "../support/polling-client";
import { seconds } from "../format";

export interface Polling {
  readonly jobs: number;
  /** Seconds that a job lasts, and over which their starts are spread. */
  readonly lasting: number;
  readonly spread: number;
}

export const polling = ({ jobs, lasting, spread }: Polling): Figure => ({
  name: "polling",
  what: `API calls to see ${jobs} concurrent jobs end`,
  against: "one GetJob a job, at the same pace",
  measure: (say) =>
    Service.lend(["--job-duration", `${lasting}s`, "--quota", `${instantType}=${jobs}`], async (service) => {
      say(`${jobs} jobs of ${lasting} s, watched in both ways at once`);
      const [ours, theirs] = [counted(connect(service)), counted(connect(service))];
      const watcher = new JobWatcher(ours.service, systemClock);
      const lags = { ours: [] as number[], theirs: [] as number[] };
      await startJobs(service, jobs, spread * 1_000, async (job) => {
        const watched = watcher.wait(job, patience).then((ended) => lags.ours.push(lagOf(ended!)));
        const pace = new Pace();
        const asOften = (age: number, looked: boolean) =>
          pace.interval(instantType, age, looked ? age : undefined);
        const polled = poll(theirs.service, job, asOften).then((ended) => lags.theirs.push(lagOf(ended)));
        await Promise.all([watched, polled]);
      });
      const ratio = ours.calls() / theirs.calls();
      const [our, their] = [median(lags.ours), median(lags.theirs)];
      return [
        {
          of: `${jobs} jobs of ${lasting} s`,
          ours: `${ours.calls()} calls, median lag ${seconds(our)}`,
          theirs: `${theirs.calls()} calls, median lag ${seconds(their)}`,
          ratio,
          ...atMost(0.05, ratio),
        },
      ];
    }),
});

/** The service with its looks at jobs counted. */
function counted(service: DataExchange): { service: DataExchange; calls: () => number } {
  let calls = 0;
  const counting: DataExchange = {
    ...service,
    getJob: (id, signal) => (calls++, service.getJob(id, signal)),
    listJobs: (query, signal) => (calls++, service.listJobs(query, signal)),
  };
  return { service: counting, calls: () => calls };
}
