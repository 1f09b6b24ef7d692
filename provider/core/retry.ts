/** Repeats calls to the service. */
import { unlessAborted } from "../../lib/abort";
import { backoffDelay } from "../../lib/backoff";
import { formatDuration } from "../../lib/duration";
import type { FailureKind } from "./errors";
import { ServiceError, isFailure, isUnanswered } from "./errors";
import type { Clock, DataExchange, Reporter } from "./ports";

/**
 * Maximum lag of an answer behind those of other calls, in milliseconds. No source says that the service is strongly
 * consistent, so a call whose answer contradicts others is repeated for so long.
 */
export const maxLagMs = 60_000;

/** Repeats a lookup with backoff until it returns a value. It must return or throw if `isLast`. */
export async function repeatWhileLagging<T>(
  clock: Clock,
  lagMs: number,
  lookUp: (isLast: boolean) => Promise<T | undefined>,
): Promise<T> {
  const giveUpAt = clock.now() + lagMs;
  for (let attempt = 0; ; attempt++) {
    const delay = backoffDelay(attempt);
    const isLast = clock.now() + delay > giveUpAt;
    const found = await lookUp(isLast);
    if (found !== undefined || isLast) return found as T;
    await clock.sleep(delay);
  }
}

export interface RetryPolicy {
  clock: Clock;
  /** Failures to retry. */
  on: readonly FailureKind[];
  /** Milliseconds after which the last failure is final, and a call in progress is aborted. */
  budget: number;
  /** Whether to retry a failure that occurs `elapsed` milliseconds after the first call. Default: yes. */
  mayRetry?: (error: unknown, elapsed: number) => boolean;
  /** Called before each retry. */
  onRetry?: (error: unknown) => void;
  /** Once it is aborted, no call begins, and the call in progress and the pause end with its reason. */
  signal?: AbortSignal;
}

/** Failures of calls that may be repeated without harm. */
export const transient: readonly FailureKind[] = ["throttled", "unavailable"];

type Call<T> = (signal: AbortSignal) => Promise<T>;

/** Repeats the call until it succeeds, fails permanently, or the budget is spent. */
export async function retry<T>(call: Call<T>, policy: RetryPolicy): Promise<T> {
  const { clock, on, budget, mayRetry = () => true, onRetry, signal } = policy;
  const startedAt = clock.now();
  const giveUpAt = startedAt + budget;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    const deadline = new AbortController();
    try {
      return await callWithDeadline(giveUpAt, clock, call, deadline, signal);
    } catch (error) {
      if (deadline.signal.aborted && error instanceof ServiceError) throw timeoutError(error, budget);
      const delay = backoffDelay(attempt);
      const next = clock.now() + delay;
      if (!isFailure(error, ...on) || next > giveUpAt || !mayRetry(error, next - startedAt)) throw error;
      onRetry?.(error);
      await clock.sleep(delay, signal);
    }
  }
}

async function callWithDeadline<T>(
  at: number,
  clock: Clock,
  call: Call<T>,
  deadline: AbortController,
  signal: AbortSignal | undefined,
): Promise<T> {
  const done = new AbortController();
  signal?.addEventListener("abort", () => deadline.abort(), { signal: done.signal });
  void clock.sleep(at - clock.now(), done.signal).then(() => done.signal.aborted || deadline.abort());
  try {
    return await unlessAborted(call(deadline.signal), signal);
  } finally {
    done.abort();
  }
}

/** The client's own error of an aborted call names neither the cause nor the time. */
const timeoutError = ({ facts }: ServiceError, budget: number): ServiceError =>
  new ServiceError({
    ...facts,
    kind: "unavailable",
    name: "Timeout",
    message: `it did not finish within ${formatDuration(budget)}`,
  });

/** Whether any call of this run was answered. If so, the endpoint is right, and may become reachable again. */
export interface Contact {
  isAnswered: boolean;
}

/** How long to retry an endpoint that has refused every connection of this run; milliseconds. */
const firstContactMs = 30_000;

interface Options {
  clock: Clock;
  /** Milliseconds for one call with its retries. */
  budget: number;
  contact?: Contact;
  reporter?: Pick<Reporter, "status">;
  /** Once it is aborted, no call begins, and calls in progress end with its reason. */
  signal?: AbortSignal;
}

/**
 * The service with retries: each call is repeated while throttled or failing, for at most `budget` milliseconds. Every
 * call but CreateJob may be repeated without harm. A CreateJob without an answer may have been accepted, which only
 * `obtainJob` can find out, so it is repeated only if it was certainly not accepted. A call that is given a signal obeys it
 * in place of the signal of the options, as a listing that several operations share must.
 */
export function withRetries(service: DataExchange, options: Options): DataExchange {
  const { clock, budget, contact = { isAnswered: true }, reporter, signal: own } = options;
  const isReachable = (error: unknown, elapsed: number) =>
    contact.isAnswered || refusedBy(error) === undefined || elapsed <= firstContactMs;
  const onRetry = (error: unknown) => {
    const address = refusedBy(error);
    if (address === undefined) return;
    const limit = formatDuration(contact.isAnswered ? budget : Math.min(budget, firstContactMs));
    reporter?.status(`${address} refuses the connection, tried again for ${limit}`);
  };
  const call = async <T>(
    send: Call<T>,
    signal = own,
    mayRepeat: (error: unknown) => boolean = () => true,
  ) => {
    let mayBeAccepted = false;
    try {
      const answer = await retry(send, {
        clock,
        on: transient,
        budget,
        signal,
        mayRetry: (error, elapsed) => mayRepeat(error) && isReachable(error, elapsed),
        onRetry: (error) => {
          mayBeAccepted ||= isUnanswered(error);
          onRetry(error);
        },
      });
      contact.isAnswered = true;
      return answer;
    } catch (error) {
      mayBeAccepted ||= isUnanswered(error);
      throw mayBeAccepted && error instanceof ServiceError
        ? new ServiceError({ ...error.facts, mayBeAccepted })
        : error;
    }
  };
  return {
    createJob: (request, signal) =>
      call((deadline) => service.createJob(request, deadline), signal, isNotAccepted),
    startJob: (jobId, signal) => call((deadline) => service.startJob(jobId, deadline), signal),
    getJob: (jobId, signal) => call((deadline) => service.getJob(jobId, deadline), signal),
    cancelJob: (jobId, signal) => call((deadline) => service.cancelJob(jobId, deadline), signal),
    listJobs: (query, signal) => call((deadline) => service.listJobs(query, deadline), signal),
    listRevisionAssets: (revision, nextToken, signal) =>
      call((deadline) => service.listRevisionAssets(revision, nextToken, deadline), signal),
    deleteAsset: (revision, assetId, signal) =>
      call((deadline) => service.deleteAsset(revision, assetId, deadline), signal),
    getRevision: (revision, signal) => call((deadline) => service.getRevision(revision, deadline), signal),
    listDataSets: (origin, nextToken, signal) =>
      call((deadline) => service.listDataSets(origin, nextToken, deadline), signal),
    listRevisions: (dataSetId, nextToken, signal) =>
      call((deadline) => service.listRevisions(dataSetId, nextToken, deadline), signal),
    setFinalized: (revision, finalized, signal) =>
      call((deadline) => service.setFinalized(revision, finalized, deadline), signal),
  };
}

const isNotAccepted = (error: unknown): boolean =>
  isFailure(error, "throttled") || refusedBy(error) !== undefined;

const refusedBy = (error: unknown): string | undefined =>
  isFailure(error, "unavailable") ? error.facts.refusedBy : undefined;
