import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
  /** Milliseconds. Only differences between two values have a meaning. */
  now(): number;
  /** Resolves early, without an error, if the signal is aborted. */
  sleep(milliseconds: number, wake?: AbortSignal): Promise<void>;
}

/** Longest timer of Node. A longer sleep ends early, and its caller checks the time again. */
const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Monotonic: it does not jump when the time of the machine is set.
  now: () => performance.timeOrigin + performance.now(),
  sleep: async (milliseconds, wake) => {
    try {
      await delay(Math.min(milliseconds, maxTimerMs), undefined, wake && { signal: wake });
    } catch (error) {
      if (!wake?.aborted) throw error;
    }
  },
};
