/** Random steps: whatever has happened to a stack, its assets are what its program declares. */
import { TestStack } from "../../harness/stack";
import { TestService } from "../../harness/service";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { openInterceptingProxy } from "../proxy";
import { runInWorkers } from "../suite";
import type { ContentResult } from "./content-run";
import { ContentRun, createRevisions } from "./content-run";
import { EngineContentStack, withHostStack } from "./stacks";

const stepsPerStack = 8;
/** A stack computes as much as it waits. */
const maxConcurrentStacks = 5;

export const contentSuite: Suite = {
  name: "content",
  title:
    "random sequences of change, rename, destroy, replace and crash: the assets are what the program declares",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const count = Number(process.env.CONTENT_LIVES ?? 40);
    const onEngine = Number(process.env.CONTENT_ENGINE_LIVES ?? 4);
    const seed = process.env.CONTENT_SEED ?? String(Date.now());
    const seedsOf = (what: string, many: number) =>
      Array.from({ length: many }, (_, index) => (index === 0 ? seed : `${seed}-${what}${index}`));
    let done = 0;
    const places = Array.from({ length: maxConcurrentStacks });
    const results = await runInWorkers(places, seedsOf("", count), async (_, each) => {
      const result = await runOnHosts(each, stepsPerStack);
      progress(`${++done} of ${count} stacks on hosts, seed ${seed}`);
      return result;
    });
    const engined: ContentResult[] = [];
    // One after the other, so that each knows its own processes.
    for (const each of seedsOf("engine", onEngine)) {
      engined.push(await runOnEngine(each, stepsPerStack));
      progress(`${engined.length} of ${onEngine} stacks on the engine, seed ${seed}`);
    }
    return contentResult(results, engined, seed);
  },
};

export async function runOnHosts(seed: string, steps: number): Promise<ContentResult> {
  const service = await TestService.start({ jobDuration: "30ms", seed });
  try {
    const places = await createRevisions(service);
    return await withHostStack(service, places, (stack) =>
      new ContentRun(seed, service, places, stack).live(steps),
    );
  } finally {
    await service.stop();
  }
}

export async function runOnEngine(seed: string, steps: number): Promise<ContentResult> {
  const service = await TestService.start({ jobDuration: "30ms", seed });
  const proxy = await openInterceptingProxy(service.local.endpoint);
  const stack = await TestStack.create({ env: { ...service.env, AWS_ENDPOINT_URL: proxy.url } });
  try {
    const places = await createRevisions(service);
    return await new ContentRun(seed, service, places, new EngineContentStack(stack, proxy, places)).live(
      steps,
    );
  } finally {
    await stack.remove();
    await proxy.close();
    await service.stop();
  }
}

function contentResult(
  onHosts: readonly ContentResult[],
  onEngine: readonly ContentResult[],
  seed: string,
): SuiteResult {
  const sum = (results: readonly ContentResult[], what: string) =>
    results.reduce((total, { counts }) => total + (counts[what] ?? 0), 0);
  const steps = [...new Set([...onHosts, ...onEngine].flatMap(({ counts }) => Object.keys(counts)))].sort();
  const failuresOf = (results: readonly ContentResult[], variable: string) =>
    results.flatMap((result) =>
      result.broken.map((what, index) => ({
        where: `CONTENT_SEED=${result.seed} ${variable} npm run prove -- content`,
        what,
        ...(index === 0 && { log: result.log.join("\n") }),
      })),
    );
  return {
    table: {
      head: ["what happened", "on hosts", "on the engine"],
      rows: steps.map((what) => [what, sum(onHosts, what), sum(onEngine, what)]),
    },
    notes: [`Seed ${seed}. CONTENT_SEED=${seed} CONTENT_LIVES=${onHosts.length} makes the same steps again.`],
    figures: {
      "stacks on hosts": onHosts.length,
      "stacks on the engine": onEngine.length,
      "ups whose assets were compared": sum([...onHosts, ...onEngine], "up that went well"),
    },
    failures: [
      ...failuresOf(onHosts, "CONTENT_LIVES=1 CONTENT_ENGINE_LIVES=0"),
      ...failuresOf(onEngine, "CONTENT_LIVES=0 CONTENT_ENGINE_LIVES=1"),
    ],
    details: [...onHosts, ...onEngine].map(({ seed: of, counts, broken }) => ({ seed: of, counts, broken })),
  };
}
