/** The time that the service goes by. It runs with the machine's and can be put forward; no timer follows it. */
export class Clock {
  #ahead = 0;

  /** The time now. */
  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** Puts the clock forward, for example by `"90d"`. */
  advance(by: Duration): Date {
    const ahead = this.#ahead + parseMilliseconds(by, "The time to advance the clock by");
    // Dates end some 270,000 years from now, and nothing could be dated beyond.
    if (Number.isNaN(new Date(Date.now() + ahead).getTime())) {
      throw new TypeError(`The clock cannot be advanced by ${by}; no date lies so far ahead.`);
    }
    this.#ahead = ahead;
    return this.now();
  }
}

/** Lengths of time as people write them. */

/** Milliseconds, or a number with a unit: `"500ms"`, `"30s"`, `"15m"`, `"1h"`, `"90d"`. */
export type Duration = number | string;

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60 * 1000,
  h: 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
};

/** The duration in milliseconds. `name` says in the error what the duration is for. */
export function parseMilliseconds(duration: Duration, name: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(String(duration)) ?? [];
  const result = Number(amount) * units[unit ?? "ms"]!;
  if (amount === undefined || !Number.isSafeInteger(Math.round(result))) {
    throw new TypeError(
      `${name} must be a number of milliseconds or a text such as "30s" or "90d", not ${duration}.`,
    );
  }
  return result;
}

/** Beyond this, 24 days, node's timers fire at once. */
const longestTimer = 2 ** 31 - 1;

/** A duration that a timer of this machine is to wait for. */
export function parseTimerMilliseconds(duration: Duration, name: string): number {
  const result = parseMilliseconds(duration, name);
  if (result > longestTimer)
    throw new TypeError(`${name} must be at most ${longestTimer} ms, not ${duration}.`);
  return result;
}
