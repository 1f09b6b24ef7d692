import type { Duration } from "./option-values";
import { assertOption, durationShape, OptionError, toMilliseconds } from "./option-values";

/** The time of the service. It runs with the machine's clock and can be moved forward; timers do not follow it. */
export class Clock {
  #aheadMs = 0;

  /** The time now. */
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /**
   * Moves the clock forward, for example by `"90d"`.
   *
   * @throws OptionError if the duration is not valid (`not-a-duration`) or no date is that far ahead (`too-large`).
   */
  advance(by: Duration): Date {
    assertOption(durationShape(by), by, "The time to advance the clock by");
    const aheadMs = this.#aheadMs + toMilliseconds(by)!;
    // JavaScript's dates end about 270,000 years from now.
    if (Number.isNaN(new Date(Date.now() + aheadMs).getTime())) {
      throw new OptionError({
        code: "too-large",
        text: "The clock cannot be advanced beyond the last date.",
      });
    }
    this.#aheadMs = aheadMs;
    return this.now();
  }
}
