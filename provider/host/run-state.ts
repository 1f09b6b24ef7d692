/** The entries in the journal of a run, and what follows from them. Pure: each process reads the same and comes to the same. */

/** `by` is the process that the entry is about. */
export type Entry =
  | { readonly is: "begun"; readonly by: string; readonly pid: number; readonly port?: number }
  /** The process has left, or another one has found out that it has ended. */
  | { readonly is: "ended"; readonly by: string }
  | { readonly is: "queued" | "released"; readonly by: string; readonly key: string; readonly ticket: number }
  | { readonly is: "fact"; readonly by: string; readonly value: string; readonly facts: readonly string[] };

export type Queued = Extract<Entry, { is: "queued" | "released" }>;
export type Process = Extract<Entry, { is: "begun" }>;

export class RunState {
  readonly processes = new Map<string, Process>();
  readonly facts = new Map<string, { by: string; value: string }>();
  private readonly queues = new Map<string, Queued[]>();
  private hasBegun = false;

  /** `me` is the process that reads. */
  constructor(private readonly me: string) {}

  /** Those that wait for a permit of the key, in the order of the journal. The first of them have the permits. */
  queue(key: string): readonly Queued[] {
    return this.queues.get(key) ?? [];
  }

  apply(entry: Entry): void {
    switch (entry.is) {
      case "begun":
        this.processes.set(entry.by, entry);
        this.hasBegun ||= entry.by === this.me;
        break;
      case "ended":
        this.processes.delete(entry.by);
        for (const key of this.queues.keys()) this.filterQueue(key, ({ by }) => by !== entry.by);
        // What ended before this process began may belong to an earlier run, whose engine had the same address.
        if (!this.hasBegun) {
          for (const [fact, { by }] of this.facts) if (by === entry.by) this.facts.delete(fact);
        }
        break;
      case "queued":
        this.queues.set(entry.key, [...this.queue(entry.key), entry]);
        break;
      case "released":
        this.filterQueue(entry.key, (place) => !isSame(place, entry));
        break;
      case "fact":
        for (const fact of entry.facts) {
          if (!this.facts.has(fact)) this.facts.set(fact, { by: entry.by, value: entry.value });
        }
    }
  }

  private filterQueue(key: string, isKept: (place: Queued) => boolean): void {
    const kept = this.queue(key).filter(isKept);
    if (kept.length > 0) this.queues.set(key, kept);
    else this.queues.delete(key);
  }
}

export const isSame = (one: Queued, other: Queued): boolean =>
  one.by === other.by && one.ticket === other.ticket;
