import { setMaxListeners } from "node:events";

import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { defaultTimeouts } from "./arguments";
import { parseDuration } from "../../lib/duration";
import { CoalescingLoader } from "../../lib/coalescing-loader";
import type { Clock, Coordination, DataExchange, Reporter } from "./ports";
import type { ConcurrencyState } from "./concurrency";
import { Semaphore } from "./locks";
import type { Contact } from "./retry";
import { withRetries } from "./retry";
import { JobWatcher } from "./job-watcher";

/** State that all jobs of one region and identity share, and the signal of the operation that uses it, if it has one. */
export interface Session extends ConcurrencyState {
  /** The service without retries: one call, one answer. */
  readonly service: DataExchange;
  readonly contact: Contact;
  readonly watcher: JobWatcher;
  readonly jobLists: CoalescingLoader<ServiceJob[]>;
  readonly assetLists: CoalescingLoader<ServiceAsset[]>;
  /** Digests of the jobs' requests, by job id. */
  readonly requestDigests: Map<string, string>;
}

/**
 * The session as one operation uses it. Once `signal` is aborted, with a `StoppedError` as its reason, the operation calls
 * the service no more and ends at once with that error, or with an `UnfinishedJobError` if its job must stay in state. What
 * operations share, such as polls and listings, continues for the others.
 */
export function stoppableSession(session: Session, signal: AbortSignal): Session {
  // Each job of a set listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  return { ...session, signal };
}

/** The clock of an operation. A sleep rejects as soon as the operation is stopped. */
export const clockOf = ({ clock, signal }: Pick<Session, "clock" | "signal">): Clock => ({
  now: () => clock.now(),
  sleep: async (milliseconds, wake = signal) => {
    await clock.sleep(milliseconds, wake && signal ? AbortSignal.any([wake, signal]) : wake);
    signal?.throwIfAborted();
  },
});

/**
 * Many jobs list the same revision, which can take 50 pages. The cooldown after a listing is proportional to its duration,
 * so that more jobs share the next one.
 */
const cooldown = (took: number): number => Math.min(Math.max(3 * took, 25), 5_000);

export function openSession(
  service: DataExchange,
  clock: Clock,
  quotas: Session["quotas"] = {},
  scope = "",
  parallelism = Infinity,
  coordination: Pick<Coordination, "acquire"> = new Semaphore(clock),
): Session {
  const watcher = new JobWatcher(service, clock);
  // The last job in flight does not wait for others.
  const expectsMoreCallers = () => watcher.isWatching;
  return {
    service,
    clock,
    quotas,
    scope,
    contact: { isAnswered: false },
    watcher,
    semaphore: new Semaphore(clock),
    coordination,
    parallelismHints: new Map(),
    parallelism,
    jobLists: new CoalescingLoader({ clock, cooldown }),
    requestDigests: new Map(),
    assetLists: new CoalescingLoader({ clock, cooldown, expectsMoreCallers }),
  };
}

/**
 * The session's service with retries until the resource's `timeouts.request`, which may come from an old state, or until the
 * operation is stopped.
 */
export const retryingService = (
  { service, clock, contact, signal }: Session,
  { timeouts }: { timeouts?: { request?: string } } = {},
  reporter?: Reporter,
): DataExchange =>
  withRetries(service, {
    clock,
    contact,
    reporter,
    signal,
    budget: parseDuration(timeouts?.request ?? defaultTimeouts.request)!,
  });
