/** A suite of `npm run prove`, and the types and helpers of all suites. */
import { SeededRandom } from "../../emulator/control/seeded-random";
import type { HostName } from "../harness/host-differences";
import type { Secrets } from "../harness/secrets";

export interface Suite {
  /** Name on the command line. */
  readonly name: string;
  /** Summary in one line. */
  readonly title: string;
  /** The provider whose results the suite is part of. Default: both. */
  readonly onlyHost?: HostName;
  run(context: SuiteContext): Promise<SuiteResult>;
}

export interface SuiteContext {
  /** Shows the progress until the next call. */
  readonly progress: (text: string) => void;
  /** The secrets to search for in all output. */
  readonly secrets: Secrets;
  /** What serves the resources. */
  readonly host: HostName;
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

/** One broken guarantee. */
export interface Failure {
  /** How to reproduce it. */
  readonly where: string;
  readonly what: string;
  /** Log of the run. */
  readonly log?: string;
}

/** The failures of one run, each guarantee once; the first has the log. */
export const failuresOf = (where: string, broken: readonly string[], log?: string): Failure[] =>
  [...new Set(broken)].map((what, index) => ({
    where,
    what,
    ...(index === 0 && log !== undefined && { log }),
  }));

/** Checks the guarantees of one run. */
export class Guarantees {
  readonly broken: string[] = [];

  verify(isKept: boolean, violation: string): void {
    if (!isKept) this.broken.push(violation);
  }
}

/** Counts by name; the counts of several runs or processes add up. */
export class Counter {
  private counts: Record<string, number> = {};

  add(name: string, count = 1): void {
    this.counts[name] = this.of(name) + count;
  }

  all(): Readonly<Record<string, number>> {
    return this.counts;
  }

  of(name: string): number {
    return this.counts[name] ?? 0;
  }

  /** The counts since the last call. */
  take(): Readonly<Record<string, number>> {
    const taken = this.counts;
    this.counts = {};
    return taken;
  }

  merge(counts: Readonly<Record<string, number>>): this {
    for (const [name, count] of Object.entries(counts)) this.add(name, count);
    return this;
  }
}

/**
 * Runs every item, one at a time in each worker, and returns the results in the order of the items. After a failure no
 * further item starts; the failure is thrown when the running items have ended.
 */
export async function runInWorkers<Worker, Item, Result>(
  workers: readonly Worker[],
  items: readonly Item[],
  run: (worker: Worker, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = items.entries();
  await Promise.all(
    workers.map(async (worker) => {
      for (const [index, item] of waiting) {
        if (failures.length > 0) return;
        try {
          results[index] = await run(worker, item);
        } catch (error) {
          failures.push(error);
        }
      }
    }),
  );
  if (failures.length > 0) throw failures[0] as Error;
  return results;
}

/** The seeds of `count` runs; the first is the seed itself, so that a run can be repeated alone. */
export const seedsFrom = (seed: string, count: number, kind = ""): string[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? seed : `${seed}-${kind}${index}`));

export class Random extends SeededRandom {
  private last = 0;

  /** Another number each time. */
  next(): number {
    return (this.last += 1);
  }

  /** A whole number from 0 on. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  /** Each item with a chance of one half, and at least one. */
  someOf<T>(all: readonly T[]): T[] {
    const some = all.filter(() => this.isOneIn(2));
    return some.length > 0 ? some : [this.of(all)];
  }
}
