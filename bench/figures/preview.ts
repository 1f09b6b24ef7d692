/** What a job costs when nothing is to be done. */
import type { Figure, Reading, Say } from "../figure";
import { atMost } from "../figure";
import { inPairs, timed } from "../statistics";
import { emptyResources, jobs } from "../support/programs";
import { Service, instant } from "../support/service";
import { noQuota, parallel, withStack } from "../support/stack";
import { jobCount, seconds } from "../words";
import type { Size } from "./up";

export const preview = (sizes: readonly Size[]): Figure => ({
  name: "preview",
  what: "`preview` of unchanged jobs",
  against: "as many empty dynamic resources",
  measure: (say) =>
    Service.lend(instant, async (service) => {
      const readings: Reading[] = [];
      for (const size of sizes) readings.push(await read(service, size, say));
      return readings;
    }),
});

async function read(service: Service, { count, pairs }: Size, say: Say): Promise<Reading> {
  const ofJobs = jobs(count, await service.place("REDSHIFT_DATA_SHARE"));
  const { env } = service;
  return withStack({ program: ofJobs, env, config: noQuota }, (ours) =>
    withStack({ program: emptyResources(count), env }, async (theirs) => {
      say(`${jobCount(count)}, making them`);
      for (const stack of [ours, theirs]) {
        await stack.up({ parallel });
        await stack.preview({ parallel });
      }
      await service.forgetCalls();
      const measured = await inPairs(
        pairs,
        {
          ours: () => timed(() => ours.preview({ parallel, expectNoChanges: true })),
          theirs: () => timed(() => theirs.preview({ parallel, expectNoChanges: true })),
        },
        (text) => say(`${jobCount(count)}, ${text}`),
      );
      const { ratio, spread } = measured;
      const values = { ours: seconds(measured.ours), theirs: seconds(measured.theirs), ratio, spread };
      return { of: jobCount(count), ...values, ...atMost(1.1, ratio), details: await service.calls() };
    }),
  );
}
