/** Fuzzing check and diff: inputs made from the table and spoilt, spread over the cores. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import type { SuiteContext, Failure, SuiteResult, Suite } from "../suite";
import { counterName, unobservedDeviations } from "./check-vs-service";
import type { Batch, BatchResult, BrokenProperty } from "./batch";
import { Counter, properties, splitIntoBatches } from "./batch";
import { deviations } from "./deviations";

const oneIn = 1_000;

export const fuzzSuite: Suite = {
  name: "fuzz",
  title: "check and diff over generated inputs: right ones, spoilt ones and junk, of all nine types",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const inputs = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() | 0);
    const tally = new Counter();
    const broken: BrokenProperty[] = [];
    const waiting = splitIntoBatches(inputs, seed);
    const all = waiting.length;
    let done = 0;
    const onDone = (result: BatchResult) => {
      tally.merge(result.counts);
      broken.push(...result.broken);
      done += 1;
      progress(`${done} of ${all} batches, seed ${seed}, ${broken.length} properties broken`);
    };
    const workers = Math.min(availableParallelism(), all);
    await Promise.all(Array.from({ length: workers }, () => runWorker(waiting, onDone)));
    return fuzzResult(tally, broken, seed, inputs);
  },
};

/** Starts a process and sends it batches one after another. */
async function runWorker(waiting: Batch[], onDone: (result: BatchResult) => void): Promise<void> {
  const worker = fork(join(__dirname, "worker.js"), [String(oneIn)]);
  const next = () => worker.send(waiting.shift() ?? "end");
  worker.on("message", (message: "ready" | BatchResult) => {
    if (message !== "ready") onDone(message);
    next();
  });
  const [code] = (await once(worker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`A process that fuzzes ended with ${code}.`);
}

function fuzzResult(
  tally: Counter,
  broken: readonly BrokenProperty[],
  seed: number,
  inputs: number,
): SuiteResult {
  const unseen = inputs < 5_000 ? [] : unobservedDeviations(tally);
  return {
    table: {
      head: ["property", "inputs", "broken"],
      rows: properties.map(({ name }) => [
        name,
        tally.of(name),
        broken.filter(({ property }) => property === name).length,
      ]),
    },
    figures: {
      inputs: properties.reduce((sum, { name }) => sum + tally.of(name), 0),
      accepted: tally.of("accepted"),
      refused: tally.of("refused"),
      "real CreateJob requests": [201, 404, 400].reduce(
        (sum, status) => sum + tally.of(`CreateJob answered with ${status}`),
        tally.of("CreateJob by the provider's own client"),
      ),
    },
    notes: [
      "Check is compared with two judges, path by path: the emulator's CreateJob, which shares check's table of shapes, " +
        "and the service's public API model of botocore, which shares nothing with it.",
      `Seed ${seed}. FUZZ_SEED=${seed} FUZZ_INPUTS=${inputs} makes the same inputs again.`,
      `Where check is stricter than the API model, on purpose:\n${strictness(tally)}`,
    ],
    failures: [
      ...broken.map(failureOf),
      ...unseen.map((what) => ({ where: "deviations", what: `no input showed this one: ${what}` })),
    ],
    details: { seed, counts: tally.all() },
  };
}

const strictness = (tally: Counter): string =>
  deviations.map((each) => `- ${each.what} (${tally.of(counterName(each))} times): ${each.why}`).join("\n");

const failureOf = ({ property, batch, story }: BrokenProperty): Failure => ({
  where: `FUZZ_SEED=${batch.seed} FUZZ_INPUTS=${batch.inputs} npm run prove -- fuzz`,
  what: `${property}: broken`,
  log: story.slice(0, 6_000),
});
