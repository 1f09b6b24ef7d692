/** Random steps: whatever has happened to a stack, its assets are what its program declares. */
import { TestStack } from "../../harness/stack";
import { TestService } from "../../harness/service";
import type { Context, Outcome, Part } from "../frame/suite";
import { openProxy } from "../frame/proxy";
import { sideBySide } from "../frame/worker-pool";
import type { Lived } from "./life";
import { Life, prepare } from "./life";
import { OnEngine } from "./on-engine";
import { withHosts } from "./on-hosts";

const stepsOfALife = 8;
/** A life computes as much as it waits. */
const livesAtOnce = 5;

export const contentPart: Part = {
  name: "content",
  title:
    "random sequences of change, rename, destroy, replace and crash: the assets are what the program declares",
  async run({ progress }: Context): Promise<Outcome> {
    const count = Number(process.env.CONTENT_LIVES ?? 40);
    const onEngine = Number(process.env.CONTENT_ENGINE_LIVES ?? 4);
    const seed = process.env.CONTENT_SEED ?? String(Date.now());
    const seedsOf = (what: string, many: number) =>
      Array.from({ length: many }, (_, index) => (index === 0 ? seed : `${seed}-${what}${index}`));
    let done = 0;
    const places = Array.from({ length: livesAtOnce });
    const lived = await sideBySide(places, seedsOf("", count), async (_, each) => {
      const result = await liveOnHosts(each, stepsOfALife);
      progress(`${++done} of ${count} stacks on hosts, seed ${seed}`);
      return result;
    });
    const engined: Lived[] = [];
    // One after the other, so that each knows its own processes.
    for (const each of seedsOf("engine", onEngine)) {
      engined.push(await liveOnEngine(each, stepsOfALife));
      progress(`${engined.length} of ${onEngine} stacks on the engine, seed ${seed}`);
    }
    return summaryOf(lived, engined, seed);
  },
};

export async function liveOnHosts(seed: string, steps: number): Promise<Lived> {
  const service = await TestService.start({ jobDuration: "30ms", seed });
  try {
    const places = await prepare(service);
    return await withHosts(service, places, (stack) => new Life(seed, service, places, stack).live(steps));
  } finally {
    await service.stop();
  }
}

export async function liveOnEngine(seed: string, steps: number): Promise<Lived> {
  const service = await TestService.start({ jobDuration: "30ms", seed });
  const proxy = await openProxy(service.local.endpoint);
  const stack = await TestStack.create({ env: { ...service.env, AWS_ENDPOINT_URL: proxy.url } });
  try {
    const places = await prepare(service);
    return await new Life(seed, service, places, new OnEngine(stack, proxy, places)).live(steps);
  } finally {
    await stack.remove();
    await proxy.close();
    await service.stop();
  }
}

function summaryOf(onHosts: readonly Lived[], onEngine: readonly Lived[], seed: string): Outcome {
  const sum = (lives: readonly Lived[], what: string) =>
    lives.reduce((total, { counts }) => total + (counts[what] ?? 0), 0);
  const steps = [...new Set([...onHosts, ...onEngine].flatMap(({ counts }) => Object.keys(counts)))].sort();
  const failuresOf = (lives: readonly Lived[], variable: string) =>
    lives.flatMap((life) =>
      life.broken.map((what, index) => ({
        where: `CONTENT_SEED=${life.seed} ${variable} npm run prove -- content`,
        what,
        ...(index === 0 && { story: life.story.join("\n") }),
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
