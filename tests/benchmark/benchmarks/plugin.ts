/** The plugin beside the dynamic provider: the same programs, whose jobs take no time. */
import type { Benchmark, Measurement } from "../benchmark";
import {
  comparePairs,
  formatCount,
  formatJobs,
  formatMegabytes,
  formatSeconds,
  measureInPairs,
  pairsOf,
} from "../benchmark";
import { OwnStack } from "../contest/contest";
import { ServiceProcess, instantOptions } from "../service-process";
import type { HostName } from "../../harness/host-differences";
import type { Size } from "./engine";
import { config } from "./engine";

/** The plugin is never worse; the rest is noise. */
const allowed = 1.05;

interface Cost {
  readonly preview: number;
  readonly up: number;
  readonly memory: number;
  readonly state: number;
}

const figures: readonly (readonly [name: keyof Cost, what: string, format: (value: number) => string])[] = [
  ["preview", "processor time of a preview", formatSeconds],
  ["up", "processor time of an up", formatSeconds],
  ["memory", "peak memory of all processes in an up", formatMegabytes],
  ["state", "bytes of the state", formatCount],
];

export const plugin = (sizes: readonly Size[]): Benchmark => ({
  name: "plugin",
  what: "the plugin, all processes together",
  against: "the dynamic provider",
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      say("warming up");
      await costOf(service, 1, "plugin");
      await costOf(service, 1, "dynamic");
      const readings: Measurement[] = [];
      for (const { count, pairs } of sizes) {
        const costs = { ours: [] as Cost[], theirs: [] as Cost[] };
        const measure = async (side: keyof typeof costs, host: HostName) => {
          const cost = await costOf(service, count, host);
          costs[side].push(cost);
          return cost.up;
        };
        const runs = { ours: () => measure("ours", "plugin"), theirs: () => measure("theirs", "dynamic") };
        await measureInPairs(pairs, runs, (text) => say(`${formatJobs(count)}, ${text}`));
        for (const [name, what, format] of figures) {
          const [ours, theirs] = [costs.ours, costs.theirs].map((all) => all.map((cost) => cost[name]));
          readings.push(
            comparePairs(`${formatJobs(count)}: ${what}`, pairsOf(ours!, theirs!), allowed, format),
          );
        }
      }
      return readings;
    }),
});

async function costOf(service: ServiceProcess, count: number, host: HostName): Promise<Cost> {
  const { dataSetId, revisionId } = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
  const args = [dataSetId, revisionId, String(count)];
  return OwnStack.with(
    service,
    "jobs",
    args,
    async (stack) => {
      const { cpu: preview } = await stack.run("preview");
      const { cpu: up, memory } = await stack.run("up");
      return { preview, up, memory, state: await stack.stateSize() };
    },
    { host, config },
  );
}
