import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
  /** Milliseconds. Only the difference between two moments means anything. */
  now(): number;
  /** Ends early, without an error, when the signal is raised. */
  sleep(milliseconds: number, wake?: AbortSignal): Promise<void>;
}

/** Node takes no longer timer; whoever waits longer looks again. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Only differences count. The machine's own time may be set forward or back during a run; this never jumps.
  now: () => performance.timeOrigin + performance.now(),
  sleep: async (milliseconds, wake) => {
    try {
      await delay(Math.min(milliseconds, longestTimer), undefined, wake && { signal: wake });
    } catch (error) {
      if (!wake?.aborted) throw error;
    }
  },
};
