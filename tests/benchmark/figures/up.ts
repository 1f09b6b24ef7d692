/** What a job costs beyond the service's own time: `pulumi up` of jobs that take none, against resources that do nothing. */
import type { ConfigMap, PulumiFn } from "@pulumi/pulumi/automation";

import type { Details, Figure, Reading, Say } from "../benchmark";
import { atMost } from "../benchmark";
import { inPairs, timed } from "../statistics";
import { asLarge, asLargeWords, jobs } from "../support/programs";
import { Service, instant } from "../support/service";
import { noQuota, withStack } from "../support/stack";
import { jobCount, seconds } from "../format";

export interface Size {
  readonly count: number;
  readonly pairs: number;
}

export const up = (sizes: readonly Size[]): Figure => ({
  name: "up",
  what: "`up` of jobs that take no service time",
  against: asLargeWords,
  measure: (say) =>
    Service.lend(instant, async (service) => {
      say("warming up");
      await upOfJobs(service, 1, {});
      await upOf(service, asLarge(1));
      const readings: Reading[] = [];
      for (const size of sizes) readings.push(await read(service, size, say));
      return readings;
    }),
});

async function read(service: Service, { count, pairs }: Size, say: Say): Promise<Reading> {
  const of = jobCount(count);
  const details: Record<string, number> = {};
  const { ours, theirs, ratio, spread } = await inPairs(
    pairs,
    { ours: () => upOfJobs(service, count, details), theirs: () => upOf(service, asLarge(count)) },
    (text) => say(`${of}, ${text}`),
  );
  const values = { of, ours: seconds(ours), theirs: seconds(theirs), ratio, spread };
  return { ...values, ...atMost(1.05, ratio), details };
}

const upOf = ({ env }: Service, program: PulumiFn, config: ConfigMap = {}): Promise<number> =>
  withStack({ program, env, config }, (stack) => timed(() => stack.up()));

/** Leaves in `details` what the last run asked of the service, and how long that was busy with it. */
async function upOfJobs(service: Service, count: number, details: Details): Promise<number> {
  const program = jobs(count, await service.place("REDSHIFT_DATA_SHARE"));
  await service.forgetCalls();
  const cpu = service.cpu;
  const time = await upOf(service, program, noQuota);
  Object.assign(details, await service.calls(), { "service's processor seconds": service.cpu - cpu });
  return time;
}
