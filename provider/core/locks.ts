/** Locks by key, in the order of arrival. */
import { unlessAborted } from "../../lib/abort";
import type { Clock } from "./ports";

/** Runs one task at a time for each key. */
export class KeyedMutex {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Rejects if `signal` is aborted while the task waits for its turn. A task that has begun is not interrupted. */
  async run<T>(key: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const previous = this.tails.get(key) ?? Promise.resolve();
    const current = unlessAborted(previous, signal).then(task);
    // The next task also waits for the previous one if this one gives up.
    const tail = Promise.allSettled([previous, current]);
    this.tails.set(key, tail);
    try {
      return await current;
    } finally {
      void tail.then(() => {
        if (this.tails.get(key) === tail) this.tails.delete(key);
      });
    }
  }
}

/** Returns a permit. Calling it twice has no further effect. */
export type Release = () => void;

/** Limits how many callers run at once for each key. */
export class Semaphore {
  private readonly queues = new Map<string, { free: number; waiting: (() => void)[] }>();

  constructor(private readonly clock: Clock) {}

  /**
   * Waits for a permit, at most `timeout` milliseconds and until `signal` is aborted, and returns undefined after that.
   * `permits` counts for the first call of a key. `onWait` receives the number of callers ahead if the caller has to wait.
   */
  async acquire(
    key: string,
    permits: number,
    timeout: number,
    onWait: (ahead: number) => void,
    signal?: AbortSignal,
  ): Promise<Release | undefined> {
    const queue = this.queues.get(key) ?? { free: permits, waiting: [] };
    this.queues.set(key, queue);
    if (queue.free > 0) queue.free--;
    else if (!(await this.wait(queue.waiting, timeout, onWait, signal))) return undefined;

    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = queue.waiting.shift();
      if (next) next();
      else queue.free++;
    };
  }

  /** Whether a permit was passed on before the wait ended. */
  private async wait(
    waiting: (() => void)[],
    timeout: number,
    onWait: (ahead: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    onWait(waiting.length);
    const granted = new AbortController();
    const grant = () => granted.abort();
    waiting.push(grant);
    await this.clock.sleep(timeout, signal ? AbortSignal.any([granted.signal, signal]) : granted.signal);
    if (!granted.signal.aborted) waiting.splice(waiting.indexOf(grant), 1);
    return granted.signal.aborted;
  }
}
