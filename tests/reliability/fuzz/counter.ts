/** What was counted, by name; tallies of several processes add up. */
export class Tally {
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

  /** What was counted since the last time. */
  take(): Readonly<Record<string, number>> {
    const taken = this.counts;
    this.counts = {};
    return taken;
  }

  merge(counts: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(counts)) this.add(name, count);
  }
}
