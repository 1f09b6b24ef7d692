import type { Run } from "./contest/contest";

/** One thing that is measured, and against what. */
export interface Figure {
  /** By which it is chosen on the command line. */
  readonly name: string;
  /** What is measured; the first column of the table. */
  readonly what: string;
  readonly against: string;
  /** `say` tells whoever watches what is being done; `record` takes the runs that are told side by side. */
  measure(say: Say, record: (run: Run) => void): Promise<Reading[]>;
}

export type Say = (text: string) => void;

/** One row of the table: a value, what it is held against, and what it must come to. */
export interface Reading {
  /** Which of the figure's cases, such as `100 jobs`; empty where there is but one. */
  readonly of: string;
  readonly ours: string;
  /** Where it is another thing than the figure's. */
  readonly against?: string;
  /** None where a value stands by itself. */
  readonly theirs?: string;
  readonly ratio?: number;
  /** Least and greatest ratio, where several pairs were measured. */
  readonly spread?: readonly [number, number];
  /** None where the row only explains another. */
  readonly goal?: string;
  readonly reached?: boolean;
  /** What explains the ratio, by its name. */
  readonly details?: Details;
}

export type Details = Readonly<Record<string, number | string>>;

/** The goal of a ratio. */
export const atMost = (most: number, ratio: number): Pick<Reading, "goal" | "reached"> => ({
  goal: `≤ ${most}`,
  reached: ratio <= most,
});

/** A value with a limit of its own, both told in the same words. */
export const within = (
  of: string,
  value: number,
  limit: number,
  words: (value: number) => string,
): Reading => ({
  of,
  ours: words(value),
  against: "",
  goal: `≤ ${words(limit)}`,
  reached: value <= limit,
});
