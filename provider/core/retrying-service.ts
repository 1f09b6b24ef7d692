import { formatDuration } from "../../lib/duration";
import { isFailure } from "./service-error";
import type { Clock, DataExchange, Reporter } from "./ports";
import { retry, transient } from "./retry";

/** Whether any call of this run has been answered: then what is reached is the service, and it may come back. */
export interface Contact {
  made: boolean;
}

/** How long an endpoint that has refused every connection of this run is tried; milliseconds. */
const firstContact = 30_000;

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
    contact.made || refusedBy(error) === undefined || elapsed <= firstContact;
  const onRetry = (error: unknown) => {
    const refusing = refusedBy(error);
    if (refusing === undefined) return;
    const limit = formatDuration(contact.made ? budget : Math.min(budget, firstContact));
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
