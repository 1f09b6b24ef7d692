import { countCalls } from "../calls";
import { expectEqual } from "../expect";
import type { Chapter } from "./chapter";

export const closing: Chapter = {
  title: "What the service saw",
  about: "Every job that it was asked for, and every call that it got from the engine's runs:",
  play({ screen, service }) {
    const jobs = service.local.jobs();
    screen.table(
      ["job", "type", "state", "ran"],
      jobs.map(({ id, type, state, starts }) => [id, type, state, starts === 1 ? "once" : `${starts} times`]),
    );
    const calls = countCalls(service.local.requests);
    const byCount = Object.entries(calls).sort(([, one], [, other]) => other - one);
    screen.table(["operation", "calls"], byCount);

    expectEqual("How often each job ran", new Set(jobs.map(({ starts }) => starts)), new Set([1]));
    const { CreateJob, StartJob } = calls;
    expectEqual("The calls that make and start jobs", [CreateJob, StartJob], [jobs.length, jobs.length]);
    return Promise.resolve(`${jobs.length} jobs for what was declared, each made once and run once.`);
  },
};
