/** What unchanged jobs cost a preview. */
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";

import type { Figure, Reading, Say } from "../figure";
import { atMost } from "../figure";
import { inPairs, timed } from "../statistics";
import { asLarge, asLargeWords, emptyResources, jobs } from "../support/programs";
import { Service, instant } from "../support/service";
import { make, noQuota, parallel, withStack } from "../support/stack";
import { jobCount, seconds } from "../words";
import type { Size } from "./up";

export const preview = (sizes: readonly Size[]): Figure => ({
  name: "preview",
  what: "`preview` of unchanged jobs",
  against: "as many empty dynamic resources",
  measure: (say) =>
    Service.lend(instant, async (service) => {
      const readings: Reading[] = [];
      for (const size of sizes) readings.push(...(await read(service, size, say)));
      return readings;
    }),
});

async function read(service: Service, { count, pairs, explained }: Size, say: Say): Promise<Reading[]> {
  const of = jobCount(count);
  const { env } = service;
  const against = (ours: Stack, program: PulumiFn, what: string) =>
    withStack({ program, env }, async (theirs) => {
      say(`${of}, making ${what}`);
      await make(theirs);
      await previewOf(theirs);
      await service.forgetCalls();
      const runs = { ours: () => previewOf(ours), theirs: () => previewOf(theirs) };
      const measured = await inPairs(pairs, runs, (text) => say(`${of} against ${what}, ${text}`));
      const { ratio, spread } = measured;
      const values = { ours: seconds(measured.ours), theirs: seconds(measured.theirs), ratio, spread };
      return { of, ...values, details: await service.calls() };
    });

  const program = jobs(count, await service.place("REDSHIFT_DATA_SHARE"));
  return withStack({ program, env, config: noQuota }, async (ours) => {
    say(`${of}, making the jobs`);
    await make(ours);
    await previewOf(ours);
    const empty = await against(ours, emptyResources(count), "empty resources");
    const readings: Reading[] = [{ ...empty, ...atMost(1.1, empty.ratio) }];
    if (explained) {
      readings.push({ ...(await against(ours, asLarge(count), asLargeWords)), against: asLargeWords });
    }
    return readings;
  });
}

const previewOf = (stack: Stack): Promise<number> =>
  timed(() => stack.preview({ parallel, expectNoChanges: true }));
