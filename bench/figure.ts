/** One thing that is measured, and against what. */
export interface Figure {
  /** By which it is chosen on the command line. */
  readonly name: string;
  /** What is measured; the first column of the table. */
  readonly what: string;
  readonly against: string;
  /** `say` tells whoever watches what is being done. */
  measure(say: Say): Promise<Reading[]>;
}

export type Say = (text: string) => void;

/** One row of the table: a ratio, the two values that it is of, and what it must come to. */
export interface Reading {
  /** Which of the figure's cases, such as `100 jobs`; empty where there is but one. */
  readonly of: string;
  readonly ours: string;
  /** Where it is another thing than the figure's. */
  readonly against?: string;
  readonly theirs: string;
  readonly ratio: number;
  /** Least and greatest ratio, where several pairs were measured. */
  readonly spread?: readonly [number, number];
  /** None where the row only explains another. */
  readonly goal?: string;
  readonly reached?: boolean;
  /** What explains the ratio, by its name. */
  readonly details?: Details;
}

export type Details = Record<string, number | string>;

/** The goal that most figures have. */
export const atMost = (most: number, ratio: number): Pick<Reading, "goal" | "reached"> => ({
  goal: `≤ ${most}`,
  reached: ratio <= most,
});
