/** Poll interval of a running job: 1 s or 3 % of its age, whichever is more. */
const baseIntervalMs = 1_000;
const ageFraction = 0.03;

/** When the first jobs of a type are polled for the first two times, because they may end immediately; milliseconds. */
const firstPollsMs = [25, 100] as const;

/**
 * Jobs that probably end within so many milliseconds are polled together. A fiftieth of their duration, because the next
 * job waits as long for their slot.
 */
const batchWindowMs = (durationMs: number): number => Math.min(150, Math.max(20, durationMs / 50));

/** Each failed poll doubles the shortest interval, up to a minute; each successful one halves it again. */
const maxDoublings = 6;

export class PollSchedule {
  private doublings = 0;
  private readonly durations = new Map<string, number>();

  /**
   * Milliseconds from the last poll of a job of this age, or from its start, to the next poll. `polledAt`: the job's age at the
   * last poll, if there was one.
   */
  interval(type: string, age: number, polledAt?: number): number {
    // Known durations are a better estimate than early polls.
    if (this.doublings === 0 && !this.durations.has(type)) {
      if (polledAt === undefined) return firstPollsMs[0];
      if (polledAt >= 0 && polledAt < firstPollsMs[1]) return firstPollsMs[1] - firstPollsMs[0];
    }
    return Math.max(this.minIntervalMs(), ageFraction * Math.max(0, age));
  }

  /** Minimum milliseconds between two polls. */
  minIntervalMs(): number {
    return baseIntervalMs * 2 ** this.doublings;
  }

  /** Records the duration of a job. The next of its type probably takes as long. */
  recordDuration(type: string, durationMs: number): void {
    this.durations.set(type, durationMs);
  }

  /** When a job that started at `since`, and those that started just after it, have probably ended. */
  expectedEnd(type: string, since: number): number {
    const durationMs = this.durations.get(type);
    return durationMs === undefined ? Infinity : since + durationMs + batchWindowMs(durationMs);
  }

  backOff(): void {
    this.doublings = Math.min(maxDoublings, this.doublings + 1);
  }

  recover(): void {
    this.doublings = Math.max(0, this.doublings - 1);
  }
}
