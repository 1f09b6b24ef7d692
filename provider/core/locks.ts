/** What resources of one process share: permits by key, in the order of arrival, and facts. */
import type { Clock, Coordination, Release } from "./ports";

interface Queue {
  free: number;
  readonly permits: number;
  readonly waiting: (() => void)[];
}

/** Limits how many callers run at once for each key. */
export class Semaphore {
  private readonly queues = new Map<string, Queue>();

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
    const queue = this.queues.get(key) ?? { free: permits, permits, waiting: [] };
    this.queues.set(key, queue);
    if (queue.free > 0) queue.free--;
    else if (!(await this.wait(queue.waiting, timeout, onWait, signal))) return undefined;

    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = queue.waiting.shift();
      if (next) next();
      else if (++queue.free === queue.permits) this.queues.delete(key);
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
    const end = signal ? AbortSignal.any([granted.signal, signal]) : granted.signal;
    await (timeout === Infinity ? untilAborted(end) : this.clock.sleep(timeout, end));
    if (!granted.signal.aborted) waiting.splice(waiting.indexOf(grant), 1);
    return granted.signal.aborted;
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** The coordination of a run whose resources are all in this process. */
export class LocalCoordination implements Coordination {
  private readonly semaphore: Semaphore;
  private readonly facts = new Map<string, string>();

  constructor(clock: Clock) {
    this.semaphore = new Semaphore(clock);
  }

  acquire(...args: Parameters<Coordination["acquire"]>): Promise<Release | undefined> {
    return this.semaphore.acquire(...args);
  }

  find(fact: string): string | undefined {
    return this.facts.get(fact);
  }

  record(value: string, facts: readonly string[]): void {
    for (const fact of facts) if (!this.facts.has(fact)) this.facts.set(fact, value);
  }

  leave(): void {
    // No other process waits for this one.
  }
}
