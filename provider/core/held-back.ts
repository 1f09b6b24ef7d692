import type { Clock } from "./ports";

/** Milliseconds within which the next job begins where it has waited for nothing but the end of another one. */
const atOnce = 500;
/** So many times, and it is no accident. */
const enough = 3;

/**
 * Notices that Pulumi's own parallelism keeps jobs of a type below the service's quota: as many run as Pulumi works on
 * resources at once, and whenever one ends the next begins.
 */
export class HeldBack {
  private running = 0;
  private endedAt = -Infinity;
  private times = 0;

  /** `parallelism`: how many resources Pulumi works on at once unless it is told otherwise. */
  constructor(
    private readonly clock: Clock,
    private readonly parallelism: number,
  ) {}

  /** A job has begun. A sentence where it is time to say so, which is once. */
  began(quota: number): string | undefined {
    this.running++;
    const isNext = this.clock.now() - this.endedAt < atOnce;
    if (this.parallelism >= quota || this.running !== this.parallelism || !isNext) return undefined;
    this.times++;
    if (this.times !== enough) return undefined;
    return (
      `Pulumi works on ${this.parallelism} resources at once here, so no more than ${this.parallelism} jobs run at ` +
      `once, and the service's quota is ${quota}. \`pulumi up --parallel ${2 * quota}\` uses all of it, and so does one ` +
      "JobSet in place of many Jobs."
    );
  }

  ended(): void {
    // More than Pulumi works on at once by itself: it was told otherwise, or a JobSet runs them.
    if (this.running > this.parallelism) this.times = -Infinity;
    this.running--;
    this.endedAt = this.clock.now();
  }
}
