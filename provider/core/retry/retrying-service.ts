import type { Clock, DataExchange } from "../ports";
import type { RetryPolicy } from "./retry";
import { retry, transient } from "./retry";

/**
 * The same service, patient: each call is tried again while throttled or failing, for at most `budget` milliseconds.
 * Every call but CreateJob may be repeated without harm. A CreateJob that was cut off may have been taken, and only
 * `obtainJob` knows how to find out, so that one is repeated when it was certainly not taken.
 */
export function withRetries(service: DataExchange, clock: Clock, budget: number): DataExchange {
  const patiently = <T>(call: (signal: AbortSignal) => Promise<T>, on: RetryPolicy["on"] = transient) =>
    retry(call, { clock, on, budget });
  return {
    createJob: (request) => patiently((signal) => service.createJob(request, signal), ["throttled"]),
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
