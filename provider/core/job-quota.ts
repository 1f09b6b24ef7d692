import { isFailure } from "./service-error";
import type { Clock, Reporter } from "./ports";
import { backoffDelay } from "../../lib/backoff";

/** How often the service is asked whether it has room again. */
const backoff = { base: 2_000, cap: 30_000 };

interface Waiting {
  clock: Clock;
  reporter: Reporter;
  timeouts: { queue: number };
}

/** Jobs end and make room; other limits stay reached however long one waits. */
const passes = (error: unknown): boolean =>
  isFailure(error, "limit") && (error.facts.limitName ?? "Concurrent").startsWith("Concurrent");

/** Calls again while a limit of the account is reached: other stacks and people have jobs in progress, too. */
export async function waitForRoom<T>(
  { clock, reporter, timeouts }: Waiting,
  call: () => Promise<T>,
): Promise<T> {
  const giveUpAt = clock.now() + timeouts.queue;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const delay = backoffDelay(attempt, backoff);
      if (!passes(error) || clock.now() + delay > giveUpAt) throw error;
      reporter.status("waiting for the account's other jobs of this type to end");
      await clock.sleep(delay);
    }
  }
}
