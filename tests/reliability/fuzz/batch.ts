/** A batch of inputs from one seed: small enough to be made again for the sake of one that failed. */
import fc from "fast-check";

import { properties } from "./properties";
import { Sample } from "./sample";
import { Tally } from "./counter";

export interface Batch {
  readonly seed: number;
  readonly inputs: number;
}

export interface BatchResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly Broken[];
}

export interface Broken {
  readonly property: string;
  readonly batch: Batch;
  /** The smallest input that fails, why, and fast-check's way to it. */
  readonly story: string;
}

export const batchSize = 5_000;

/** `oneIn`: of how many inputs one is sent to the service itself. */
export async function runBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  oneIn: number,
  onDone: (result: BatchResult) => void,
): Promise<void> {
  const tally = new Tally();
  const sample = await Sample.open(oneIn, tally);
  try {
    for await (const batch of batches) {
      const broken = await runBatch(batch, tally, sample);
      onDone({ counts: tally.take(), broken });
    }
  } finally {
    await sample.close();
  }
}

async function runBatch(batch: Batch, tally: Tally, sample: Sample): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (const { name, share, of } of properties) {
    const numRuns = Math.round(batch.inputs * share);
    const details = await fc.check(of(tally, sample), { seed: batch.seed, numRuns });
    tally.add(name, details.numRuns);
    if (!details.failed) continue;
    broken.push({ property: name, batch, story: storyOf(details) });
  }
  return broken;
}

function storyOf({
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<unknown>): string {
  const why = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  return `${why}\nseed ${seed}, path ${counterexamplePath}, of ${JSON.stringify(counterexample)}`;
}

/** Inputs cut into batches whose seeds follow from the first, which a replay starts with. */
export function batchesOf(inputs: number, seed: number): Batch[] {
  return Array.from({ length: Math.ceil(inputs / batchSize) }, (_, index) => ({
    seed: (seed + index) | 0,
    inputs: Math.min(batchSize, inputs - index * batchSize),
  }));
}
