import type { Duration } from "./wait-time";
import { milliseconds } from "./wait-time";

/** The time that the service goes by. It runs with the machine's and can be put forward; no timer follows it. */
export class Clock {
  #ahead = 0;

  /** The time now. */
  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** Puts the clock forward, for example by `"90d"`. */
  advance(by: Duration): Date {
    const ahead = this.#ahead + milliseconds(by, "The time to advance the clock by");
    // Dates end some 270,000 years from now, and nothing could be dated beyond.
    if (Number.isNaN(new Date(Date.now() + ahead).getTime())) {
      throw new TypeError(`The clock cannot be advanced by ${by}; no date lies so far ahead.`);
    }
    this.#ahead = ahead;
    return this.now();
  }
}
