/** A suite of `npm run prove`, and what all suites share. */
import { SeededRandom } from "../../emulator/control/seeded-random";
import type { Secrets } from "./secrets/secrets";

export interface Suite {
  /** Name on the command line. */
  readonly name: string;
  /** Summary in one line. */
  readonly title: string;
  run(context: SuiteContext): Promise<SuiteResult>;
}

export interface SuiteContext {
  /** Shows the progress until the next call. */
  readonly progress: (text: string) => void;
  /** The secrets to search for in all output. */
  readonly secrets: Secrets;
}

export interface SuiteResult {
  readonly table: Table;
  /** Further tables. */
  readonly tables?: readonly Table[];
  /** Counts and measurements, by name. */
  readonly figures: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** All details, for the file of results. */
  readonly details?: unknown;
  /** Explanations of the table. */
  readonly notes?: readonly string[];
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** One broken promise. */
export interface Failure {
  /** How to reproduce it. */
  readonly where: string;
  readonly what: string;
  /** Log of the run. */
  readonly log?: string;
}

/**
 * Runs every item, one at a time in each worker, and returns the results in the order of the items. After a failure no
 * further item starts; the failure is thrown when the running items have ended.
 */
export async function runInWorkers<Place, Item, Result>(
  places: readonly Place[],
  items: readonly Item[],
  run: (place: Place, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = items.entries();
  await Promise.all(
    places.map(async (place) => {
      for (const [index, item] of waiting) {
        if (failures.length > 0) return;
        try {
          results[index] = await run(place, item);
        } catch (error) {
          failures.push(error);
        }
      }
    }),
  );
  if (failures.length > 0) throw failures[0] as Error;
  return results;
}

export class Random {
  private readonly chance: SeededRandom;

  constructor(seed: string) {
    this.chance = new SeededRandom(seed);
  }

  private last = 0;
  /** Another number each time. */
  next(): number {
    return (this.last += 1);
  }

  /** A whole number from 0 on. */
  below(limit: number): number {
    return Math.floor(this.chance.fraction() * limit);
  }

  oneIn(many: number): boolean {
    return this.below(many) === 0;
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}
