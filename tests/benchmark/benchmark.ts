import type { Run } from "./contest/contest";

/** A measurement by name, and its comparison. */
export interface Benchmark {
  /** Its name on the command line. */
  readonly name: string;
  /** The first column of the table. */
  readonly what: string;
  readonly against: string;
  /** `say` reports progress; `record` takes runs for the table that compares contestants. */
  measure(say: Report, record: (run: Run) => void): Promise<Measurement[]>;
}

export type Report = (text: string) => void;

/** One row of the table: a value, its comparison and its goal. */
export interface Measurement {
  /** The benchmark's case, such as `100 jobs`; empty if there is only one. */
  readonly of: string;
  readonly ours: string;
  /** Replaces the benchmark's own. */
  readonly against?: string;
  /** Unset if the value is not compared. */
  readonly theirs?: string;
  readonly ratio?: number;
  /** Minimum and maximum ratio of several pairs. */
  readonly spread?: readonly [number, number];
  /** Unset if the row only explains another. */
  readonly goal?: string;
  readonly reached?: boolean;
  /** Values that explain the ratio, by name. */
  readonly details?: Details;
}

export type Details = Readonly<Record<string, number | string>>;

/** The goal of a ratio. */
export const atMost = (max: number, ratio: number): Pick<Measurement, "goal" | "reached"> => ({
  goal: `≤ ${max}`,
  reached: ratio <= max,
});

/** A value with a limit and perhaps a value to compare it with, all in the same format. */
export const limited = (
  of: string,
  value: number,
  limit: number,
  format: (value: number) => string,
  theirs?: number,
): Measurement => ({
  of,
  ours: format(value),
  ...(theirs === undefined ? { against: "" } : { theirs: format(theirs), ratio: value / theirs }),
  goal: `≤ ${format(limit)}`,
  reached: value <= limit,
});

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The result of several pairs of runs. */
export interface Pairs {
  /** Medians of the two sides. */
  ours: number;
  theirs: number;
  /** Median, and minimum and maximum, of the ratios of the pairs. */
  ratio: number;
  spread: [number, number];
}

const sides = ["ours", "theirs"] as const;

/**
 * Runs both sides in turn and compares them pair by pair, because a machine that is slow for a while is slow for both.
 * Every other pair begins with the other side.
 */
export async function measureInPairs(
  count: number,
  runs: Record<(typeof sides)[number], () => Promise<number>>,
  say: Report,
): Promise<Pairs> {
  const values = { ours: [] as number[], theirs: [] as number[] };
  for (let index = 0; index < count; index++) {
    say(`pair ${index + 1} of ${count}`);
    for (const side of index % 2 ? sides : sides.toReversed()) values[side].push(await runs[side]());
  }
  return pairsOf(values.ours, values.theirs);
}

/** Compares values that were measured in turn. */
export function pairsOf(ours: readonly number[], theirs: readonly number[]): Pairs {
  const ratios = ours.map((value, index) => value / theirs[index]!);
  return {
    ours: median(ours),
    theirs: median(theirs),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** The result of pairs as a row whose goal is a ratio. */
export const comparePairs = (
  of: string,
  { ours, theirs, ...ratios }: Pairs,
  maxRatio: number,
  format: (value: number) => string,
): Measurement => ({
  ...{ of, ours: format(ours), theirs: format(theirs), ...ratios },
  ...atMost(maxRatio, ratios.ratio),
});

/** Duration of a call in milliseconds. */
export async function measureTime(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

/** For a value in milliseconds. */
export const formatMs = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

export const formatMegabytes = (value: number): string => `${Math.round(value)} MB`;

export const formatJobs = (count: number): string =>
  count === 1 ? "1 job" : `${count.toLocaleString("en")} jobs`;

/** For a value in seconds. */
export const formatSeconds = (value: number): string => `${value.toFixed(1)} s`;

export const formatCount = (value: number): string => value.toLocaleString("en");
