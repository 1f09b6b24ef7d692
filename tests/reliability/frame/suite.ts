/** What a part of `npm run prove` is: one entry in the list of `parts.ts`. */
import type { Secrets } from "../secrets/secrets";

export interface Part {
  /** What it is called on the command line. */
  readonly name: string;
  /** What it shows, in one line. */
  readonly title: string;
  run(context: Context): Promise<Outcome>;
}

export interface Context {
  /** Says how far the part is; shown until the next. */
  readonly progress: (text: string) => void;
  /** What must be in clear nowhere, and the look-out for it. */
  readonly secrets: Secrets;
}

export interface Outcome {
  readonly table: Table;
  /** Tables that come beneath it. */
  readonly tables?: readonly Table[];
  /** What was counted or measured, by name. */
  readonly figures: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** Everything there is to tell, for the file of results. */
  readonly details?: unknown;
  /** What a reader of the table has to know. */
  readonly notes?: readonly string[];
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** One promise that was not kept. */
export interface Failure {
  /** Where, for whoever makes it happen again. */
  readonly where: string;
  readonly what: string;
  /** What was said and done on the way. */
  readonly story?: string;
}
