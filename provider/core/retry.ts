import { formatDuration } from "../../lib/duration";
import type { FailureKind } from "./service-error";
import { ServiceError, isFailure } from "./service-error";
import type { Clock } from "./ports";
import { backoffDelay } from "../../lib/backoff";

export interface RetryPolicy {
  clock: Clock;
  /** Failures that are worth another try. */
  on: readonly FailureKind[];
  /** Milliseconds after which the last failure is final, and a call that still lasts is broken off. */
  budget: number;
  /** Whether the failure may be tried again at all after so many milliseconds. Default: yes. */
  isWorthwhile?: (error: unknown, elapsed: number) => boolean;
  /** Hears of each failure that is tried again. */
  onRetry?: (error: unknown) => void;
}

/** Failures of calls that may be repeated without harm. */
export const transient: readonly FailureKind[] = ["throttled", "unavailable"];

type Call<T> = (signal: AbortSignal) => Promise<T>;

/** Calls until it succeeds, fails for a reason that time does not heal, or the budget is spent. */
export async function retry<T>(call: Call<T>, policy: RetryPolicy): Promise<T> {
  const { clock, on, budget, isWorthwhile = () => true, onRetry } = policy;
  const began = clock.now();
  const giveUpAt = began + budget;
  for (let attempt = 0; ; attempt++) {
    const late = new AbortController();
    try {
      return await callUntil(giveUpAt, clock, call, late);
    } catch (error) {
      if (late.signal.aborted && error instanceof ServiceError) throw brokenOff(error, budget);
      const delay = backoffDelay(attempt);
      const next = clock.now() + delay;
      if (!isFailure(error, ...on) || next > giveUpAt || !isWorthwhile(error, next - began)) throw error;
      onRetry?.(error);
      await clock.sleep(delay);
    }
  }
}

async function callUntil<T>(at: number, clock: Clock, call: Call<T>, late: AbortController): Promise<T> {
  const done = new AbortController();
  void clock.sleep(at - clock.now(), done.signal).then(() => done.signal.aborted || late.abort());
  try {
    return await call(late.signal);
  } finally {
    done.abort();
  }
}

/** What the client says of a call that was broken off names neither the cause nor the time. */
const brokenOff = ({ facts }: ServiceError, budget: number): ServiceError =>
  new ServiceError({
    ...facts,
    kind: "unavailable",
    name: "Timeout",
    message: `it was not done within ${formatDuration(budget)}`,
  });
