/** The cost of the provider in Pulumi's host process: time until its first answer, and memory. */
import { mapConcurrently } from "../../../lib/map-concurrently";
import type { Benchmark } from "../benchmark";
import { comparePairs, formatJobs, formatMegabytes, formatMs, measureInPairs } from "../benchmark";
import { memory } from "../processes";
import { datashareImport, emptyProviderCode } from "../contest/programs";
import { ServiceProcess, instantOptions, unlimitedConfig as config } from "../service-process";
import { providerCode } from "../../../provider/resources/state-contract";
import type { Props } from "../../harness/host";
import { Host, createRecordsFolder } from "../../harness/host";
import { region } from "../../harness/service";

const revision = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };

const jobInputs = (index: number, at = revision) => ({
  ...datashareImport(index, at),
  region,
  __urn: `urn:pulumi:bench::bench::job-${index}`,
  __provider: providerCode,
});

export const hostStart = (pairs: number): Benchmark => ({
  name: "start",
  what: "from the host's start to its first check",
  against: "an empty dynamic provider",
  measure: async (say) => {
    const empty = { __provider: await emptyProviderCode() };
    const start = (inputs: typeof empty) => {
      const began = performance.now();
      return withHost({}, async (host) => {
        await check(host, inputs);
        return performance.now() - began;
      });
    };
    await start(jobInputs(0));
    await start(empty);
    const runs = { ours: () => start(jobInputs(0)), theirs: () => start(empty) };
    return [comparePairs("", await measureInPairs(pairs, runs, say), 1.2, formatMs)];
  },
});

/** How many resources are created at once. */
const concurrency = 64;

export const hostMemory = (count: number, pairs: number): Benchmark => ({
  name: "memory",
  what: `memory of the host after it has created ${formatJobs(count)}`,
  against: "as many empty dynamic resources",
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      const empty = { __provider: await emptyProviderCode() };
      const runs = {
        ours: async () => {
          const at = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
          const use = (host: Host) => memoryAfterCreating(host, count, (index) => jobInputs(index, at));
          return withHost(service.env, use, config);
        },
        theirs: () => withHost(service.env, (host) => memoryAfterCreating(host, count, () => empty)),
      };
      return [comparePairs("", await measureInPairs(pairs, runs, say), 1.3, formatMegabytes)];
    }),
});

async function memoryAfterCreating(
  host: Host,
  count: number,
  inputsOf: (index: number) => Props,
): Promise<number> {
  await mapConcurrently([...Array(count).keys()], concurrency, async (index) => {
    const inputs = inputsOf(index);
    await check(host, inputs);
    await host.create(inputs);
  });
  return memory(host.pid);
}

/** Throws if the check fails. */
async function check(host: Host, inputs: Props): Promise<void> {
  const { failures } = await host.check({}, inputs);
  if (failures.length > 0) throw new Error(failures.join("; "));
}

/** Runs `use` with a host that has its own folder of records, so that no host reads the records of another. */
export async function withHost<T>(
  env: Readonly<Record<string, string>>,
  use: (host: Host) => Promise<T>,
  config: Readonly<Record<string, string>> = {},
): Promise<T> {
  await using records = await createRecordsFolder();
  await using host = await Host.start(records.path, env, config, false);
  return await use(host);
}
