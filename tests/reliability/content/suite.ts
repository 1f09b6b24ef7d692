/** Random steps: after each successful `up`, the assets of a stack are those that its program declares. */
import { mapConcurrently } from "../../../lib/map-concurrently";
import { TestService } from "../../harness/service";
import type { HostName } from "../../harness/host-differences";
import { createRecordsFolder } from "../../harness/host";
import { createStack } from "../engine-stack";
import { openInterceptingProxy } from "../proxy";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { Counter, failuresOf, seedsFrom } from "../suite";
import type { ContentResult } from "./content-run";
import { runContent } from "./content-run";
import { EngineContentStack, HostContentStack } from "./stacks";

const stepsPerStack = 8;
/** A stack computes as much as it waits. */
const maxConcurrentStacks = 5;

export const contentSuite: Suite = {
  name: "content",
  title:
    "random sequences of change, rename, destroy, replace and crash: the assets are what the program declares",
  async run({ progress, host }: SuiteContext): Promise<SuiteResult> {
    const count = Number(process.env.CONTENT_SEQUENCES ?? 40);
    const engineCount = Number(process.env.CONTENT_ENGINE_SEQUENCES ?? 4);
    const seed = process.env.CONTENT_SEED ?? String(Date.now());
    let done = 0;
    const onHosts = await mapConcurrently(seedsFrom(seed, count), maxConcurrentStacks, async (each) => {
      const result = await runOnHosts(each, stepsPerStack, host);
      progress(`${++done} of ${count} stacks on hosts, seed ${seed}`);
      return result;
    });
    const onEngine: ContentResult[] = [];
    // One after the other, so that the processes of each can be identified.
    for (const each of seedsFrom(seed, engineCount, "engine")) {
      onEngine.push(await runOnEngine(each, stepsPerStack, host));
      progress(`${onEngine.length} of ${engineCount} stacks on the engine, seed ${seed}`);
    }
    return contentResult(onHosts, onEngine, seed);
  },
};

export async function runOnHosts(
  seed: string,
  steps: number,
  host: HostName = "dynamic",
): Promise<ContentResult> {
  await using service = await TestService.start({ jobDuration: "30ms", seed });
  await using proxy = await openInterceptingProxy(service.endpoint);
  await using records = await createRecordsFolder();
  return await runContent(seed, steps, service, new HostContentStack(records.path, proxy, host));
}

export async function runOnEngine(
  seed: string,
  steps: number,
  host: HostName = "dynamic",
): Promise<ContentResult> {
  await using service = await TestService.start({ jobDuration: "30ms", seed });
  await using proxy = await openInterceptingProxy(service.endpoint);
  await using stack = await createStack(host, { ...service.env, AWS_ENDPOINT_URL: proxy.url });
  return await runContent(seed, steps, service, new EngineContentStack(stack, proxy));
}

function contentResult(
  onHosts: readonly ContentResult[],
  onEngine: readonly ContentResult[],
  seed: string,
): SuiteResult {
  const total = (results: readonly ContentResult[]) => {
    const counter = new Counter();
    for (const { counts } of results) counter.merge(counts);
    return counter;
  };
  const all = [...onHosts, ...onEngine];
  const [hostCounts, engineCounts] = [total(onHosts), total(onEngine)];
  const failures = (results: readonly ContentResult[], variables: string) =>
    results.flatMap(({ seed: of, broken, log }) =>
      failuresOf(`CONTENT_SEED=${of} ${variables} npm run prove -- content`, broken, log.join("\n")),
    );
  return {
    table: {
      head: ["step", "on hosts", "on the engine"],
      rows: Object.keys(total(all).all())
        .sort()
        .map((what) => [what, hostCounts.of(what), engineCounts.of(what)]),
    },
    notes: [`Seed ${seed}. CONTENT_SEED=${seed} CONTENT_SEQUENCES=${onHosts.length} repeats the run.`],
    figures: {
      "stacks on hosts": onHosts.length,
      "stacks on the engine": onEngine.length,
      "ups whose assets were compared": total(all).of("successful up"),
    },
    failures: [
      ...failures(onHosts, "CONTENT_SEQUENCES=1 CONTENT_ENGINE_SEQUENCES=0"),
      ...failures(onEngine, "CONTENT_SEQUENCES=0 CONTENT_ENGINE_SEQUENCES=1"),
    ],
    details: all.map(({ seed: of, counts, broken }) => ({ seed: of, counts, broken })),
  };
}
