import { unlessAborted } from "./abort";
import type { Clock } from "./clock";

/** Options for batching and throttling. */
export interface LoaderOptions {
  clock: Clock;
  /** Milliseconds between the end of a load and the start of the next, by the duration of the load. Default: 0. */
  cooldown?: (loadMs: number) => number;
  /** Whether more callers are likely to come soon. If not, loads have no cooldown. Default: yes. */
  expectsMoreCallers?: () => boolean;
}

interface Load<T> {
  readonly result: Promise<T>;
  /** How many callers wait for the result. */
  callers: number;
  /** Aborted when the last caller has left. */
  readonly unneeded: AbortController;
}

interface Slot<T> {
  /** The load in progress. */
  current?: Promise<T>;
  /** The load requested last. */
  last?: Load<T>;
  /** Whether callers can still join `last`, because it has not begun. */
  isOpen: boolean;
  /** When the last load ended. */
  endedAt: number;
  /** Milliseconds from then until the next load may begin. */
  cooldown: number;
  skipCooldown: AbortController;
}

/**
 * Lets several callers share a load. A caller gets the result of a load that began after its call, never of an older
 * one: callers of the same moment share a load, and callers that come during a load or its cooldown share the next one. A
 * caller whose signal is aborted leaves, and the load continues for the others.
 */
export class CoalescingLoader<T> {
  private readonly slots = new Map<string, Slot<T>>();

  constructor(private readonly options: LoaderOptions) {}

  /** `load` receives a signal that is aborted when no caller waits for the result any more. */
  async get(key: string, load: (unneeded: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const slot = this.slots.get(key) ?? {
      isOpen: false,
      endedAt: 0,
      cooldown: 0,
      skipCooldown: new AbortController(),
    };
    this.slots.set(key, slot);
    if (!(this.options.expectsMoreCallers?.() ?? true)) slot.skipCooldown.abort();
    const shared = this.joinable(slot) ?? this.begin(slot, load);
    shared.callers++;
    try {
      return await unlessAborted(shared.result, signal);
    } finally {
      if (--shared.callers === 0) shared.unneeded.abort();
    }
  }

  private joinable({ isOpen, last }: Slot<T>): Load<T> | undefined {
    return isOpen && !last?.unneeded.signal.aborted ? last : undefined;
  }

  private begin(slot: Slot<T>, load: (unneeded: AbortSignal) => Promise<T>): Load<T> {
    const unneeded = new AbortController();
    slot.isOpen = true;
    slot.last = { result: this.load(slot, load, unneeded.signal), callers: 0, unneeded };
    return slot.last;
  }

  private async load(
    slot: Slot<T>,
    load: (unneeded: AbortSignal) => Promise<T>,
    unneeded: AbortSignal,
  ): Promise<T> {
    if (slot.current) await slot.current.catch(() => undefined);
    await this.waitForBatch(slot);
    unneeded.throwIfAborted();
    const startedAt = this.options.clock.now();
    slot.isOpen = false;
    slot.skipCooldown = new AbortController();
    slot.current = load(unneeded);
    try {
      return await slot.current;
    } finally {
      slot.current = undefined;
      // The result can be large, so it is released.
      if (!slot.isOpen) slot.last = undefined;
      slot.endedAt = this.options.clock.now();
      slot.cooldown = this.options.cooldown?.(slot.endedAt - startedAt) ?? 0;
    }
  }

  /** Always yields once, so that callers of the same tick share one load. */
  private async waitForBatch({ endedAt, cooldown, skipCooldown }: Slot<T>): Promise<void> {
    const { clock } = this.options;
    const elapsed = clock.now() - endedAt;
    // A negative time means that the clock was set back.
    if (elapsed >= 0 && elapsed < cooldown) await clock.sleep(cooldown - elapsed, skipCooldown.signal);
    else await clock.sleep(0);
  }
}
