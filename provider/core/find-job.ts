/** Reads and cancels single jobs, although the service's answers may be outdated. */
import type { ServiceJob } from "../../service-model/job";
import type { Timeouts } from "./arguments";
import { isFailure, withFallback } from "./errors";
import type { JobContext } from "./job-context";
import { listJobsInScope } from "./matching-jobs";
import type { DataExchange, JobRequest } from "./ports";
import { maxLagMs, repeatWhileLagging } from "./retry";
import type { Session } from "./session";
import { clockOf } from "./session";

/**
 * Finds a job that a state or a record names. One answer that does not find it is not enough, because the next run would
 * repeat the work of a job that still runs. The job also exists if ListJobs shows it, and both calls can lag.
 */
export function findJob(
  session: Session,
  service: DataExchange,
  id: string,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob> {
  return repeatWhileLagging(clockOf(session), maxLagMs, async (isLast) => {
    try {
      return await service.getJob(id);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      const listing = listJobsInScope(session, service, request);
      const listed = await withFallback(listing, [], "notFound", "accessDenied");
      const found = listed.find((job) => job.id === id);
      if (!found && isLast) throw error;
      return found;
    }
  });
}

/** The job as GetJob shows it. Calls again while the answer is impossible, because such an answer is outdated. */
export function getJobWhen(
  {
    service,
    clock,
    timeouts,
  }: Pick<JobContext, "service" | "clock"> & { timeouts?: Pick<Timeouts, "request"> },
  id: string,
  isPossible: (job: ServiceJob) => boolean,
): Promise<ServiceJob> {
  const lagMs = Math.min(maxLagMs, timeouts?.request ?? maxLagMs);
  return repeatWhileLagging(clock, lagMs, async (isLast) => {
    try {
      const job = await service.getJob(id);
      return isPossible(job) || isLast ? job : undefined;
    } catch (error) {
      if (!isFailure(error, "notFound") || isLast) throw error;
      return undefined;
    }
  });
}

type Cancelling = Pick<JobContext, "service" | "clock" | "timeouts">;

/** Cancels a job that waits. False if it has started. */
export const isCancelled = async (context: Cancelling, job: ServiceJob): Promise<boolean> =>
  (await cancelIfWaiting(context, job)).state === "CANCELLED";

/** Cancels a job that waits, and returns the job as it is then. A job that has started continues. */
export async function cancelIfWaiting(context: Cancelling, job: ServiceJob): Promise<ServiceJob> {
  const cancelled: ServiceJob = { ...job, state: "CANCELLED" };
  try {
    await context.service.cancelJob(job.id);
    return cancelled;
  } catch (error) {
    if (isFailure(error, "notFound")) return cancelled;
    if (!isFailure(error, "conflict")) throw error;
    return getJobWhen(context, job.id, ({ state }) => state !== "WAITING");
  }
}
