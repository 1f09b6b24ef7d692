/**
 * Regular poll interval of a running job: `minMs` or a fraction of its age, whichever is more. The age is that at the next
 * poll, which may be the one that sees the end. So the lag is at most this fraction of the whole wait.
 *
 * Two kinds of polls come in addition: the early polls of `firstPollsMs`, and one at the predicted end of a job.
 *
 * docs/behavior.md and docs/performance.md name both figures: search for "1 s or 3 %".
 */
export const pollInterval = { minMs: 1_000, ageFraction: 0.03 } as const;

/** When the first jobs of a type are polled for the first two times, because they may end immediately; milliseconds. */
const firstPollsMs = [25, 100] as const;

/**
 * Jobs that probably end within this time are polled together; milliseconds. It is a fiftieth of their duration, because
 * the next job waits as long for their slot.
 */
const batchWindowMs = (durationMs: number): number => Math.min(150, Math.max(20, durationMs / 50));

/** Each failed poll doubles the shortest interval, up to this limit. Each successful one halves it, down to `minMs`. */
export const maxIntervalMs = 60_000;

export class PollSchedule {
  private shortestMs: number = pollInterval.minMs;
  private readonly durations = new Map<string, number>();

  /**
   * Milliseconds from the last poll of a job of this age, or from its start, to the next poll. `polledAt`: the job's age at the
   * last poll, if there was one.
   */
  interval(type: string, age: number, polledAt?: number): number {
    // Known durations are a better estimate than early polls.
    if (this.shortestMs === pollInterval.minMs && !this.durations.has(type)) {
      if (polledAt === undefined) return firstPollsMs[0];
      if (polledAt >= 0 && polledAt < firstPollsMs[1]) return firstPollsMs[1] - firstPollsMs[0];
    }
    return Math.max(this.minIntervalMs(), pollInterval.ageFraction * Math.max(0, age));
  }

  /** Minimum milliseconds between two polls. */
  minIntervalMs(): number {
    return this.shortestMs;
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
    this.shortestMs = Math.min(maxIntervalMs, this.shortestMs * 2);
  }

  recover(): void {
    this.shortestMs = Math.max(pollInterval.minMs, this.shortestMs / 2);
  }
}
