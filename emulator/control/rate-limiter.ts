/** A token bucket for each kind of request, which holds the tokens of one second. */
import type { Clock } from "./clock";

interface Bucket {
  tokens: number;
  /** Milliseconds of the service's time. */
  at: number;
}

/** Callers may name any region. A deleted bucket counts as full. */
const maxBuckets = 10_000;

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {}

  /** Takes a token at `rate` requests per second; returns false if there is none. */
  tryAcquire(kind: string, rate: number): boolean {
    if (rate === Infinity) return true;
    const now = this.clock.now().getTime();
    if (this.#buckets.size > maxBuckets) this.#buckets.clear();
    const maxTokens = Math.max(1, rate);
    const { tokens, at } = this.#buckets.get(kind) ?? { tokens: maxTokens, at: now };
    const available = Math.min(maxTokens, tokens + ((now - at) / 1000) * rate);
    const acquired = available >= 1;
    this.#buckets.set(kind, { tokens: acquired ? available - 1 : available, at: now });
    return acquired;
  }
}
