/** How many requests are let through: as many at once as a second allows, and then as they come back. */
import type { Clock } from "./clock";

interface Bucket {
  tokens: number;
  /** Milliseconds of the service's time. */
  at: number;
}

/** Callers may name any region; a bucket that is forgotten is a full one. */
const maxBuckets = 10_000;

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {}

  /** Whether one more request of a kind may pass at `rate` a second. */
  tryAcquire(kind: string, rate: number): boolean {
    if (rate === Infinity) return true;
    const now = this.clock.now().getTime();
    if (this.#buckets.size > maxBuckets) this.#buckets.clear();
    const most = Math.max(1, rate);
    const { tokens, at } = this.#buckets.get(kind) ?? { tokens: most, at: now };
    const held = Math.min(most, tokens + ((now - at) / 1000) * rate);
    const admitted = held >= 1;
    this.#buckets.set(kind, { tokens: admitted ? held - 1 : held, at: now });
    return admitted;
  }
}
