import type { Say } from "./benchmark";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

type Run = () => Promise<number>;

/** What several pairs of runs came to. */
export interface Pairs {
  /** Medians of the two sides. */
  ours: number;
  theirs: number;
  /** Median, least and greatest of the ratios of the pairs. */
  ratio: number;
  spread: [number, number];
}

const sides = ["ours", "theirs"] as const;

/**
 * Runs two things in turn and compares run by run, so that a machine that is slow for a while is slow for both. Every
 * other pair begins with the other side.
 */
export async function inPairs(
  count: number,
  runs: Record<(typeof sides)[number], Run>,
  say: Say,
): Promise<Pairs> {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let index = 0; index < count; index++) {
    say(`pair ${index + 1} of ${count}`);
    const pair = { ours: 0, theirs: 0 };
    for (const side of index % 2 ? sides : sides.toReversed()) pair[side] = await runs[side]();
    pairs.push(pair);
  }
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs);
  return {
    ours: median(pairs.map(({ ours }) => ours)),
    theirs: median(pairs.map(({ theirs }) => theirs)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Milliseconds that something takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}
