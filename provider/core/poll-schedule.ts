/** How often a job that runs is looked at: its end is known within 1 s or 3 % of its age, whichever is more. */
const baseIntervalMs = 1_000;
const ageFraction = 0.03;

/** When the first jobs of a type are looked at for the first two times, since they may be over at once; milliseconds. */
const firstPollsMs = [25, 100] as const;

/**
 * Jobs that are likely to have ended within so many milliseconds are looked at together: a fiftieth of the time that they
 * last, because the next job waits as long for their place.
 */
const batchWindowMs = (lasted: number): number => Math.min(150, Math.max(20, lasted / 50));

/** Each look that fails doubles the shortest pause, up to a minute; each that succeeds halves it again. */
const maxDoublings = 6;

export class PollSchedule {
  private doublings = 0;
  private readonly lasted = new Map<string, number>();

  /**
   * Milliseconds from the last look at a job of the given age to the next, or to the first one. `lookedAt`: the job's age
   * at the last look, if there was one.
   */
  interval(type: string, age: number, lookedAt?: number): number {
    // How long others took says more than a look at once.
    if (this.doublings === 0 && !this.lasted.has(type)) {
      if (lookedAt === undefined) return firstPollsMs[0];
      if (lookedAt >= 0 && lookedAt < firstPollsMs[1]) return firstPollsMs[1] - firstPollsMs[0];
    }
    return Math.max(this.minIntervalMs(), ageFraction * Math.max(0, age));
  }

  /** Milliseconds that lie between any two looks, at the least. */
  minIntervalMs(): number {
    return baseIntervalMs * 2 ** this.doublings;
  }

  /** A job of the type has ended after so many milliseconds; the next is likely to take as long. */
  recordDuration(type: string, lasted: number): void {
    this.lasted.set(type, lasted);
  }

  /** When a job that began to run at `since` has probably ended, and with it those that began just after it. */
  expectedEnd(type: string, since: number): number {
    const lasted = this.lasted.get(type);
    return lasted === undefined ? Infinity : since + lasted + batchWindowMs(lasted);
  }

  backOff(): void {
    this.doublings = Math.min(maxDoublings, this.doublings + 1);
  }

  recover(): void {
    this.doublings = Math.max(0, this.doublings - 1);
  }
}
