/** The cost of the provider in its process: time until its first answer, and memory. */
import { mapConcurrently } from "../../../lib/map-concurrently";
import type { Benchmark } from "../benchmark";
import { comparePairs, formatJobs, formatMegabytes, formatMs, measureInPairs } from "../benchmark";
import { memory } from "../processes";
import { datashareImport, emptyProviderCode } from "../contest/programs";
import { ServiceProcess, instantOptions, unlimitedConfig as config } from "../service-process";
import { jobToken, providerCode } from "../../../provider/resources/state-contract";
import type { Props } from "../../harness/host";
import type { HostName } from "../../harness/host-differences";
import { Host, createRecordsFolder, declareResource } from "../../harness/host";
import { region } from "../../harness/service";

const revision = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };

interface Declared {
  readonly urn: string;
  readonly inputs: Props;
}

const declareJob = (index: number, at = revision, kind: HostName = "dynamic"): Declared =>
  declareResource(kind, { token: jobToken, code: providerCode }, `job-${index}`, {
    ...datashareImport(index, at),
    region,
  });

const declareEmpty = async (): Promise<Declared> => ({
  urn: "urn:pulumi:bench::bench::pulumi-nodejs:dynamic:Resource::empty",
  inputs: { __provider: await emptyProviderCode() },
});

/** Milliseconds from the start of the process to its first check. */
function start(declared: Declared, kind?: HostName): Promise<number> {
  const began = performance.now();
  return withHost({}, { kind }, async (host) => {
    await check(host, declared);
    return performance.now() - began;
  });
}

export const hostStart = (pairs: number): Benchmark => ({
  name: "start",
  what: "from the host's start to its first check",
  against: "an empty dynamic provider",
  measure: async (say) => {
    const empty = await declareEmpty();
    const runs = { ours: () => start(declareJob(0)), theirs: () => start(empty) };
    await runs.ours();
    await runs.theirs();
    return [comparePairs("", await measureInPairs(pairs, runs, say), 1.2, formatMs)];
  },
});

export const pluginStart = (pairs: number): Benchmark => ({
  name: "plugin-start",
  what: "from the plugin's start to its first check",
  against: "the host for dynamic providers",
  measure: async (say) => {
    const [ours, theirs] = (["plugin", "dynamic"] as const).map(
      (kind) => () => start(declareJob(0, revision, kind), kind),
    ) as [() => Promise<number>, () => Promise<number>];
    await ours();
    await theirs();
    return [comparePairs("", await measureInPairs(pairs, { ours, theirs }, say), 0.5, formatMs)];
  },
});

/** How many resources are created at once. */
const concurrency = 64;

export const hostMemory = (count: number, pairs: number): Benchmark =>
  compareMemory(pairs, 1.3, {
    name: "memory",
    what: `memory of the host after it has created ${formatJobs(count)}`,
    against: "as many empty dynamic resources",
    ours: memoryOfJobs(count, "dynamic"),
    theirs: async (service) => {
      const empty = await declareEmpty();
      return withHost(service.env, {}, (host) => memoryAfterCreating(host, count, () => empty));
    },
  });

export const pluginMemory = (count: number, pairs: number): Benchmark =>
  compareMemory(pairs, 1, {
    name: "plugin-memory",
    what: `memory of the plugin after it has created ${formatJobs(count)}`,
    against: "the host for dynamic providers",
    ours: memoryOfJobs(count, "plugin"),
    theirs: memoryOfJobs(count, "dynamic"),
  });

type MeasureMemory = (service: ServiceProcess) => Promise<number>;

type MemorySides = Omit<Benchmark, "measure"> & Readonly<Record<"ours" | "theirs", MeasureMemory>>;

const compareMemory = (
  pairs: number,
  allowed: number,
  { ours, theirs, ...names }: MemorySides,
): Benchmark => ({
  ...names,
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      const runs = { ours: () => ours(service), theirs: () => theirs(service) };
      return [comparePairs("", await measureInPairs(pairs, runs, say), allowed, formatMegabytes)];
    }),
});

const memoryOfJobs =
  (count: number, kind: HostName): MeasureMemory =>
  async (service) => {
    const at = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
    return withHost(service.env, { kind, config }, (host) =>
      memoryAfterCreating(host, count, (index) => declareJob(index, at, kind)),
    );
  };

async function memoryAfterCreating(
  host: Host,
  count: number,
  declare: (index: number) => Declared,
): Promise<number> {
  await mapConcurrently([...Array(count).keys()], concurrency, async (index) => {
    const declared = declare(index);
    await check(host, declared);
    await host.create(declared.urn, declared.inputs);
  });
  return memory(host.pid);
}

/** Throws if the check fails. */
async function check(host: Host, { urn, inputs }: Declared): Promise<void> {
  const { failures } = await host.check(urn, {}, inputs);
  if (failures.length > 0) throw new Error(failures.join("; "));
}

/** Runs `use` with a host that has its own folder of records, so that no host reads the records of another. */
export async function withHost<T>(
  env: Readonly<Record<string, string>>,
  { kind, config }: { kind?: HostName; config?: Readonly<Record<string, string>> },
  use: (host: Host) => Promise<T>,
): Promise<T> {
  await using records = await createRecordsFolder();
  await using host = await Host.start(records.path, { env, config, kind, isLazy: false });
  return await use(host);
}
