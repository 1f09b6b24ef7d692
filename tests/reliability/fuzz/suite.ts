/** Fuzzing check and diff: inputs generated from the table and corrupted, spread over the cores. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import type { SuiteContext, Failure, SuiteResult, Suite } from "../suite";
import { Counter } from "../suite";
import type { Batch, BatchResult } from "./batch";
import { properties, splitIntoBatches } from "./batch";
import { counterName, unobservedDeviations } from "./check-vs-service";
import { deviations } from "./deviations";

/** One of this many inputs is sent to the service. */
const sampleInterval = 1_000;

export const fuzzSuite: Suite = {
  name: "fuzz",
  title: "check and diff with generated inputs of all types: valid, corrupted and junk",
  // It compares both providers with each other.
  onlyHost: "dynamic",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const inputs = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() | 0);
    const tally = new Counter();
    const failures: Failure[] = [];
    const waiting = splitIntoBatches(inputs, seed);
    const all = waiting.length;
    let done = 0;
    const onDone = (result: BatchResult) => {
      tally.merge(result.counts);
      failures.push(...result.failures);
      progress(`${++done} of ${all} batches, seed ${seed}, ${failures.length} properties broken`);
    };
    const workers = Math.min(availableParallelism(), all);
    await Promise.all(Array.from({ length: workers }, () => runWorker(waiting, onDone)));
    const brokenOf = (name: string) => failures.filter(({ what }) => what.startsWith(`${name}:`)).length;
    const unobserved = inputs < 5_000 ? [] : unobservedDeviations(tally);
    const strictness = deviations.map(
      ({ what, why }) => `- ${what} (${tally.of(counterName(what))} times): ${why}`,
    );
    return {
      table: {
        head: ["property", "inputs", "broken"],
        rows: properties.map(({ name }) => [name, tally.of(name), brokenOf(name)]),
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
        "Check is compared with two references, path by path: the emulator's CreateJob, which shares check's table of shapes, " +
          "and the service's public API model of botocore, which shares nothing with it.",
        `Seed ${seed}. FUZZ_SEED=${seed} FUZZ_INPUTS=${inputs} repeats the run.`,
        `Check refuses these inputs on purpose, and the API model accepts them:\n${strictness.join("\n")}`,
      ],
      failures: [
        ...failures,
        ...unobserved.map((what) => ({
          where: "deviations",
          what: `no input showed this deviation: ${what}`,
        })),
      ],
      details: { seed, counts: tally.all() },
    };
  },
};

/** Starts a process and sends it batches one after another. */
async function runWorker(waiting: Batch[], onDone: (result: BatchResult) => void): Promise<void> {
  const worker = fork(join(__dirname, "worker.js"), [String(sampleInterval)]);
  worker.on("message", (message: "ready" | BatchResult) => {
    if (message !== "ready") onDone(message);
    worker.send(waiting.shift() ?? "end");
  });
  const [code] = (await once(worker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`A process that fuzzes ended with ${code}.`);
}
