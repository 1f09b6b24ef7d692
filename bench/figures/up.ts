/** What a job costs beyond the service's own time: `pulumi up` of jobs that take none, against resources that do nothing. */
import type { Details, Figure, Reading, Say } from "../figure";
import { atMost } from "../figure";
import { inPairs, timed } from "../statistics";
import { emptyResources, jobs } from "../support/programs";
import { Service, instant } from "../support/service";
import { noQuota, parallel, withStack } from "../support/stack";
import { jobCount, seconds } from "../words";

export interface Size {
  readonly count: number;
  readonly pairs: number;
}

export const up = (sizes: readonly Size[]): Figure => ({
  name: "up",
  what: "`up` of jobs that take no service time",
  against: "as many empty dynamic resources",
  measure: (say) =>
    Service.lend(instant, async (service) => {
      say("warming up");
      await upOfJobs(service, 1);
      await upOfNothing(service, 1);
      const readings: Reading[] = [];
      for (const size of sizes) readings.push(await read(service, size, say));
      return readings;
    }),
});

async function read(service: Service, { count, pairs }: Size, say: Say): Promise<Reading> {
  const details: Details = {};
  const { ours, theirs, ratio, spread } = await inPairs(
    pairs,
    { ours: () => upOfJobs(service, count, details), theirs: () => upOfNothing(service, count) },
    (text) => say(`${jobCount(count)}, ${text}`),
  );
  const values = { ours: seconds(ours), theirs: seconds(theirs), ratio, spread };
  return { of: jobCount(count), ...values, ...atMost(1.1, ratio), details };
}

const upOfNothing = ({ env }: Service, count: number): Promise<number> =>
  withStack({ program: emptyResources(count), env }, (stack) => timed(() => stack.up({ parallel })));

/** Leaves in `details` what the last run asked of the service, and how long that was busy with it. */
async function upOfJobs(service: Service, count: number, details: Details = {}): Promise<number> {
  const program = jobs(count, await service.place("REDSHIFT_DATA_SHARE"));
  await service.forgetCalls();
  const cpu = service.cpu;
  const time = await withStack({ program, env: service.env, config: noQuota }, (stack) =>
    timed(() => stack.up({ parallel })),
  );
  Object.assign(details, await service.calls(), { "service's processor seconds": service.cpu - cpu });
  return time;
}
