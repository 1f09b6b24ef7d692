import type { Clock, DataExchange } from "../ports";
import { retry, transient } from "./retry";

/**
 * The same service, patient: each call is tried again while throttled or failing, for at most `budget` milliseconds.
 * Every call but CreateJob may be repeated without harm. A CreateJob that was cut off may have been taken, and only
 * `obtainJob` knows how to find out, so that one is repeated when it was certainly not taken.
 */
export function withRetries(service: DataExchange, clock: Clock, budget: number): DataExchange {
  const patiently = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A) => retry(() => call(...args), { clock, on: transient, budget });
  };
  return {
    createJob: (request) => retry(() => service.createJob(request), { clock, on: ["throttled"], budget }),
    startJob: patiently(service.startJob.bind(service)),
    getJob: patiently(service.getJob.bind(service)),
    cancelJob: patiently(service.cancelJob.bind(service)),
    listJobs: patiently(service.listJobs.bind(service)),
    listRevisionAssets: patiently(service.listRevisionAssets.bind(service)),
    deleteAsset: patiently(service.deleteAsset.bind(service)),
    getRevision: patiently(service.getRevision.bind(service)),
  };
}
