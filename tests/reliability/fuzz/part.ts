/** Fuzzing check and diff: inputs made from the table and spoilt, spread over the cores. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import type { Context, Failure, Outcome, Part } from "../frame/suite";
import { counted, unseenDeviations } from "./check-vs-service";
import type { Batch, BatchResult, Broken } from "./batch";
import { batchesOf } from "./batch";
import { deviations } from "./deviations";
import { properties } from "./properties";
import { Tally } from "./counter";

const oneIn = 1_000;

export const fuzz: Part = {
  name: "fuzz",
  title: "check and diff over generated inputs: right ones, spoilt ones and junk, of all nine types",
  async run({ progress }: Context): Promise<Outcome> {
    const inputs = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() | 0);
    const tally = new Tally();
    const broken: Broken[] = [];
    const waiting = batchesOf(inputs, seed);
    const all = waiting.length;
    let done = 0;
    const onDone = (result: BatchResult) => {
      tally.merge(result.counts);
      broken.push(...result.broken);
      done += 1;
      progress(`${done} of ${all} batches, seed ${seed}, ${broken.length} properties broken`);
    };
    const workers = Math.min(availableParallelism(), all);
    await Promise.all(Array.from({ length: workers }, () => work(waiting, onDone)));
    return summaryOf(tally, broken, seed, inputs);
  },
};

/** One process, which gets the next batch when it is done with one. */
async function work(waiting: Batch[], onDone: (result: BatchResult) => void): Promise<void> {
  const worker = fork(join(__dirname, "worker.js"), [String(oneIn)]);
  const next = () => worker.send(waiting.shift() ?? "end");
  worker.on("message", (message: "ready" | BatchResult) => {
    if (message !== "ready") onDone(message);
    next();
  });
  const [code] = (await once(worker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`A process that fuzzes ended with ${code}.`);
}

export function summaryOf(tally: Tally, broken: readonly Broken[], seed: number, inputs: number): Outcome {
  const unseen = inputs < 5_000 ? [] : unseenDeviations(tally);
  return {
    table: {
      head: ["held of every input", "inputs", "broken"],
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
      "The service is two judges: the emulator's own reading of CreateJob, which shares check's table of shapes, and " +
        "the service's public API model, which shares nothing with it. They are compared place by place.",
      `Seed ${seed}. FUZZ_SEED=${seed} FUZZ_INPUTS=${inputs} makes the same inputs again.`,
      `Where check is stricter than the API model, on purpose:\n${strictness(tally)}`,
    ].filter((note) => note !== ""),
    failures: [
      ...broken.map(failureOf),
      ...unseen.map((what) => ({ where: "deviations", what: `no input showed this one: ${what}` })),
    ],
    details: { seed, counts: tally.all() },
  };
}

const strictness = (tally: Tally): string =>
  deviations.map((each) => `- ${each.what} (${tally.of(counted(each))} times): ${each.why}`).join("\n");

const failureOf = ({ property, batch, story }: Broken): Failure => ({
  where: `FUZZ_SEED=${batch.seed} FUZZ_INPUTS=${batch.inputs} npm run prove -- fuzz`,
  what: `${property}: broken`,
  story: story.slice(0, 6_000),
});
