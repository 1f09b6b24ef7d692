import type { Stage } from "./stage";
import { expectEqual } from "./stage";

export interface Step {
  title: string;
  about: string;
  /** Runs the step and returns its result as a sentence. Throws if something else happened. */
  run(stage: Stage): Promise<string>;
}

/** For example `CreateJob, 4×ListJobs`, in the order of first calls. */
export function listCalls(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .map(([operation, count]) => (count === 1 ? operation : `${count}×${operation}`))
    .join(", ");
}

/** The last step. */
export const allJobs: Step = {
  title: "All jobs and calls",
  about: "All jobs, and all calls of the engine's runs:",
  run({ screen, service }) {
    const jobs = service.local.jobs();
    screen.table(
      ["job", "type", "state", "ran"],
      jobs.map(({ id, type, state, startCount }) => [
        id,
        type,
        state,
        startCount === 1 ? "once" : `${startCount} times`,
      ]),
    );
    const calls = service.countCalls();
    const byCount = Object.entries(calls).sort(([, one], [, other]) => other - one);
    screen.table(["operation", "calls"], byCount);

    expectEqual("How often each job ran", new Set(jobs.map(({ startCount }) => startCount)), new Set([1]));
    const { CreateJob, StartJob } = calls;
    expectEqual("The calls that create and start jobs", [CreateJob, StartJob], [jobs.length, jobs.length]);
    return Promise.resolve(`${jobs.length} jobs, each created once and run once.`);
  },
};
