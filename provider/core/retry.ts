import { formatDuration } from "../../lib/duration";
import type { FailureKind } from "./errors";
import { ServiceError, isFailure } from "./errors";
import type { Clock, DataExchange, Reporter } from "./ports";
import { backoffDelay } from "../../lib/backoff";

export interface RetryPolicy {
  clock: Clock;
  /** Failures that are worth another try. */
  on: readonly FailureKind[];
  /** Milliseconds after which the last failure is final, and a call that still lasts is broken off. */
  budget: number;
  /** Whether the failure may be tried again at all after so many milliseconds. Default: yes. */
  isWorthwhile?: (error: unknown, elapsed: number) => boolean;
  /** Hears of each failure that is tried again. */
  onRetry?: (error: unknown) => void;
}

/** Failures of calls that may be repeated without harm. */
export const transient: readonly FailureKind[] = ["throttled", "unavailable"];

type Call<T> = (signal: AbortSignal) => Promise<T>;

/** Calls until it succeeds, fails for a reason that time does not heal, or the budget is spent. */
export async function retry<T>(call: Call<T>, policy: RetryPolicy): Promise<T> {
  const { clock, on, budget, isWorthwhile = () => true, onRetry } = policy;
  const began = clock.now();
  const giveUpAt = began + budget;
  for (let attempt = 0; ; attempt++) {
    const late = new AbortController();
    try {
      return await callWithDeadline(giveUpAt, clock, call, late);
    } catch (error) {
      if (late.signal.aborted && error instanceof ServiceError) throw timeoutError(error, budget);
      const delay = backoffDelay(attempt);
      const next = clock.now() + delay;
      if (!isFailure(error, ...on) || next > giveUpAt || !isWorthwhile(error, next - began)) throw error;
      onRetry?.(error);
      await clock.sleep(delay);
    }
  }
}

async function callWithDeadline<T>(
  at: number,
  clock: Clock,
  call: Call<T>,
  late: AbortController,
): Promise<T> {
  const done = new AbortController();
  void clock.sleep(at - clock.now(), done.signal).then(() => done.signal.aborted || late.abort());
  try {
    return await call(late.signal);
  } finally {
    done.abort();
  }
}

/** What the client says of a call that was broken off names neither the cause nor the time. */
const timeoutError = ({ facts }: ServiceError, budget: number): ServiceError =>
  new ServiceError({
    ...facts,
    kind: "unavailable",
    name: "Timeout",
    message: `it was not done within ${formatDuration(budget)}`,
  });

/** Whether any call of this run has been answered: then what is reached is the service, and it may come back. */
export interface Contact {
  made: boolean;
}

/** How long an endpoint that has refused every connection of this run is tried; milliseconds. */
const firstContactMs = 30_000;

interface Options {
  clock: Clock;
  /** Milliseconds for one call with its retries. */
  budget: number;
  contact?: Contact;
  reporter?: Pick<Reporter, "status">;
}

/**
 * The same service, patient: each call is tried again while throttled or failing, for at most `budget` milliseconds.
 * Every call but CreateJob may be repeated without harm. A CreateJob that was cut off may have been taken, and only
 * `obtainJob` knows how to find out, so that one is repeated when it was certainly not taken.
 */
export function withRetries(service: DataExchange, options: Options): DataExchange {
  const { clock, budget, contact = { made: true }, reporter } = options;
  const isWorthwhile = (error: unknown, elapsed: number) =>
    contact.made || refusedBy(error) === undefined || elapsed <= firstContactMs;
  const onRetry = (error: unknown) => {
    const refusing = refusedBy(error);
    if (refusing === undefined) return;
    const limit = formatDuration(contact.made ? budget : Math.min(budget, firstContactMs));
    reporter?.status(`${refusing} refuses the connection, tried again for ${limit}`);
  };
  const patiently = async <T>(
    call: (signal: AbortSignal) => Promise<T>,
    mayRepeat: (error: unknown) => boolean = () => true,
  ) => {
    const answer = await retry(call, {
      clock,
      on: transient,
      budget,
      isWorthwhile: (error, elapsed) => mayRepeat(error) && isWorthwhile(error, elapsed),
      onRetry,
    });
    contact.made = true;
    return answer;
  };
  return {
    createJob: (request) => patiently((signal) => service.createJob(request, signal), isNotTaken),
    startJob: (jobId) => patiently((signal) => service.startJob(jobId, signal)),
    getJob: (jobId) => patiently((signal) => service.getJob(jobId, signal)),
    cancelJob: (jobId) => patiently((signal) => service.cancelJob(jobId, signal)),
    listJobs: (query) => patiently((signal) => service.listJobs(query, signal)),
    listRevisionAssets: (revision, nextToken) =>
      patiently((signal) => service.listRevisionAssets(revision, nextToken, signal)),
    deleteAsset: (revision, assetId) => patiently((signal) => service.deleteAsset(revision, assetId, signal)),
    getRevision: (revision) => patiently((signal) => service.getRevision(revision, signal)),
    setFinalized: (revision, finalized) =>
      patiently((signal) => service.setFinalized(revision, finalized, signal)),
  };
}

const isNotTaken = (error: unknown): boolean =>
  isFailure(error, "throttled") || refusedBy(error) !== undefined;

const refusedBy = (error: unknown): string | undefined =>
  isFailure(error, "unavailable") ? error.facts.refusedBy : undefined;

/**
 * How long an answer may be behind those of other calls, in milliseconds. What contradicts them is asked again until
 * then: no source says that the service shows at once what it has done.
 */
export const maxLagMs = 60_000;
