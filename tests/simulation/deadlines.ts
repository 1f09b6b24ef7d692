/** Deadlines of `customTimeouts` that pass when a test says so, and not after some time of this machine's clock. */
export const deadlineSeconds = 4_567;

/** Hooks that keep the timers of such deadlines in this process for each test. Returns what makes all of them pass. */
export function useDeadlines(): () => void {
  const { setTimeout: original } = globalThis;
  let waiting: (() => void)[] = [];
  beforeEach(() => {
    waiting = [];
    const replacement = (callback: () => void, milliseconds?: number, ...rest: []) => {
      if (milliseconds !== deadlineSeconds * 1_000) return original(callback, milliseconds, ...rest);
      waiting.push(callback);
      return original(() => undefined, 0);
    };
    globalThis.setTimeout = Object.assign(replacement, original);
  });
  afterEach(() => void (globalThis.setTimeout = original));
  return () => waiting.splice(0).forEach((callback) => callback());
}
