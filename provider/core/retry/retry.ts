import type { FailureKind } from "../errors/service-error";
import { isFailure } from "../errors/service-error";
import type { Clock } from "../ports";
import { backoffDelay } from "./backoff";

export interface RetryPolicy {
  clock: Clock;
  /** Failures that are worth another try. */
  on: readonly FailureKind[];
  /** Milliseconds after which the last failure is final. */
  budget: number;
}

/** Failures of calls that may be repeated without harm. */
export const transient: readonly FailureKind[] = ["throttled", "unavailable"];

/** Calls until it succeeds, fails for a reason that time does not heal, or the budget is spent. */
export async function retry<T>(call: () => Promise<T>, { clock, on, budget }: RetryPolicy): Promise<T> {
  const giveUpAt = clock.now() + budget;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const delay = backoffDelay(attempt);
      if (!isFailure(error, ...on) || clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
    }
  }
}
