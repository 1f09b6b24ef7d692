/** Exponential backoff with jitter, which spreads callers: a random delay below a ceiling that doubles with each attempt. */
export interface Backoff {
  /** Ceiling of the first wait, in milliseconds. */
  readonly base: number;
  /** Ceiling of every wait, in milliseconds. */
  readonly cap: number;
}

const callBackoff: Backoff = { base: 500, cap: 20_000 };

/** Milliseconds to wait after the given attempt, counted from 0. At least a tenth of the ceiling. */
export function backoffDelay(
  attempt: number,
  { base, cap }: Backoff = callBackoff,
  random = Math.random,
): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempt, 30));
  return ceiling * (0.1 + 0.9 * random());
}
