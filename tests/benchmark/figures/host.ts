/** What the provider adds to Pulumi's host process: time until its first answer, and memory. */
import type { Figure } from "../benchmark";
import { atMost } from "../benchmark";
import { inPairs } from "../statistics";
import { HostProcess } from "../support/host-process";
import { memory } from "../support/process-facts";
import { datashareImport, emptyProviderCode } from "../support/programs";
import { Service, instant } from "../support/service";
import { noQuota } from "../support/stack";
import { providerCode } from "../../../provider/state-contract";
import { region } from "../../harness/world";
import { jobCount, megabytes, seconds } from "../format";

const place = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };

const jobInputs = (index: number, at = place) => ({
  ...datashareImport(index, at),
  region,
  __urn: `urn:pulumi:bench::bench::job-${index}`,
  __provider: providerCode,
});

export const hostStart = (pairs: number): Figure => ({
  name: "start",
  what: "from the host's start to its first check",
  against: "an empty dynamic provider",
  measure: async (say) => {
    const empty = { __provider: await emptyProviderCode() };
    const start = (inputs: typeof empty) => {
      const began = performance.now();
      return HostProcess.lend({}, async (host) => {
        await host.check(inputs);
        return performance.now() - began;
      });
    };
    await start(jobInputs(0));
    await start(empty);
    const runs = { ours: () => start(jobInputs(0)), theirs: () => start(empty) };
    const { ours, theirs, ratio, spread } = await inPairs(pairs, runs, say);
    return [{ of: "", ours: seconds(ours), theirs: seconds(theirs), ratio, spread, ...atMost(1.2, ratio) }];
  },
});

/** At most so many are being made at once. */
const width = 64;

export const hostMemory = (count: number, pairs: number): Figure => ({
  name: "memory",
  what: `memory of the host after it has made ${jobCount(count)}`,
  against: "as many empty dynamic resources",
  measure: (say) =>
    Service.lend(instant, async (service) => {
      const empty = { __provider: await emptyProviderCode() };
      const config = Object.fromEntries(Object.entries(noQuota).map(([key, { value }]) => [key, value]));
      const runs = {
        ours: async () => {
          const at = await service.place("REDSHIFT_DATA_SHARE");
          return HostProcess.lend({ env: service.env, config }, (host) =>
            memoryAfter(host, count, (index) => jobInputs(index, at)),
          );
        },
        theirs: () => HostProcess.lend({ env: service.env }, (host) => memoryAfter(host, count, () => empty)),
      };
      const { ours, theirs, ratio, spread } = await inPairs(pairs, runs, say);
      const values = { ours: megabytes(ours), theirs: megabytes(theirs), ratio, spread };
      return [{ of: "", ...values, ...atMost(1.3, ratio) }];
    }),
});

async function memoryAfter(
  host: HostProcess,
  count: number,
  inputsOf: (index: number) => Parameters<HostProcess["create"]>[0],
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const inputs = inputsOf(next++);
      await host.check(inputs);
      await host.create(inputs);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return memory(host.pid);
}
