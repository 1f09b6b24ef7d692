import type { Clock } from "../../lib/clock";

interface Sleeper {
  at: number;
  wake: () => void;
}

/**
 * Virtual time. When no promise is left that can continue at the present moment, time jumps to the next sleeper, so waits
 * of hours take no time and always end in the same order.
 */
export class VirtualClock implements Clock {
  private readonly sleepers: Sleeper[] = [];
  private pumping = false;

  constructor(private time = Date.parse("2026-01-05T12:00:00Z")) {}

  now(): number {
    return this.time;
  }

  iso(shift = 0): string {
    return new Date(this.time + shift).toISOString();
  }

  sleep(milliseconds: number, wake?: AbortSignal): Promise<void> {
    if (Number.isNaN(milliseconds)) throw new Error("a sleep of NaN milliseconds");
    if (wake?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at: this.time + Math.max(0, milliseconds), wake: resolve };
      // Sleepers of one moment wake in the order of their calls.
      const behind = this.sleepers.findIndex(({ at }) => at > sleeper.at);
      this.sleepers.splice(behind < 0 ? this.sleepers.length : behind, 0, sleeper);
      wake?.addEventListener("abort", () => {
        const index = this.sleepers.indexOf(sleeper);
        if (index >= 0) this.sleepers.splice(index, 1);
        resolve();
      });
      this.pump();
    });
  }

  /** Lets the given time pass. */
  pass(milliseconds: number): Promise<void> {
    return this.sleep(milliseconds);
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    // An immediate runs when no promise is left that can continue at the present moment.
    setImmediate(() => {
      this.pumping = false;
      const next = this.sleepers.shift();
      if (!next) return;
      this.time = Math.max(this.time, next.at);
      next.wake();
      if (this.sleepers.length > 0) this.pump();
    });
  }
}
