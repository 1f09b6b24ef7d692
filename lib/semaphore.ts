import { formatDuration } from "./duration";
import { WaitTimeoutError } from "../provider/core/errors";
import type { Clock } from "./clock";

/** Gives back a turn. Calling it twice is harmless. */
export type Release = () => void;

/**
 * Turns among the jobs of one type: at most as many at once as the service's quota, first come, first served. One
 * host process runs a whole stack, so turns in the process are turns in the stack; other stacks show as a limit
 * error at StartJob.
 */
export class Turns {
  private readonly lines = new Map<string, { free: number; waiting: (() => void)[] }>();

  constructor(private readonly clock: Clock) {}

  /** Waits for a turn, at most `timeout` milliseconds; `onWait` hears how many are ahead when there is a line. */
  async take(key: string, quota: number, timeout: number, onWait: (ahead: number) => void): Promise<Release> {
    const line = this.lines.get(key) ?? { free: quota, waiting: [] };
    this.lines.set(key, line);
    if (line.free > 0) line.free--;
    else await this.wait(line.waiting, timeout, onWait);

    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = line.waiting.shift();
      if (next) next();
      else line.free++;
    };
  }

  private async wait(
    waiting: (() => void)[],
    timeout: number,
    onWait: (ahead: number) => void,
  ): Promise<void> {
    onWait(waiting.length);
    const called = new AbortController();
    const call = () => called.abort();
    waiting.push(call);
    await this.clock.sleep(timeout, called.signal);
    if (called.signal.aborted) return;
    waiting.splice(waiting.indexOf(call), 1);
    throw new WaitTimeoutError(
      `no turn came within ${formatDuration(timeout)} (timeouts.queue); run \`pulumi up\` again, or allow more`,
    );
  }
}
