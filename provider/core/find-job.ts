import type { ServiceJob } from "../../service-model/job";
import { listJobsInScope } from "./matching-jobs";
import { isFailure } from "./errors";
import type { DataExchange, JobRequest } from "./ports";
import { backoffDelay } from "../../lib/backoff";
import type { Session } from "./session";
import type { Timeouts } from "./arguments";
import type { JobContext } from "./job-context";
import { maxLagMs } from "./retry";

/**
 * The job with that id, which a state or a record names. On the word of one call no job that may be running is given
 * up, since the next run would do its work a second time: it is there when ListJobs shows it, and both may be behind.
 */
export async function findJob(
  session: Session,
  service: DataExchange,
  id: string,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob> {
  const { clock } = session;
  const giveUpAt = clock.now() + maxLagMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await service.getJob(id);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      const listed = await listJobsInScope(session, service, request).catch((other: unknown) => {
        if (isFailure(other, "notFound", "accessDenied")) return [];
        throw other;
      });
      const found = listed.find((job) => job.id === id);
      if (found) return found;
      const delay = backoffDelay(attempt);
      if (clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
    }
  }
}

/**
 * A job that is there, as GetJob shows it; asked again while the answer cannot be, because it may be older than those
 * of other calls.
 */
export async function getJobWhen(
  {
    service,
    clock,
    timeouts,
  }: Pick<JobContext, "service" | "clock"> & { timeouts?: Pick<Timeouts, "request"> },
  id: string,
  isPossible: (job: ServiceJob) => boolean,
): Promise<ServiceJob> {
  const giveUpAt = clock.now() + Math.min(maxLagMs, timeouts?.request ?? maxLagMs);
  for (let attempt = 0; ; attempt++) {
    const delay = backoffDelay(attempt);
    const isLast = clock.now() + delay > giveUpAt;
    try {
      const job = await service.getJob(id);
      if (isPossible(job) || isLast) return job;
    } catch (error) {
      if (!isFailure(error, "notFound") || isLast) throw error;
    }
    await clock.sleep(delay);
  }
}

/** Whether the job can no longer have any effect; false when it has started. */
export const isCancelled = async (work: Cancelling, job: ServiceJob): Promise<boolean> =>
  (await cancelIfWaiting(work, job)).state === "CANCELLED";

type Cancelling = Pick<JobContext, "service" | "clock" | "timeouts">;

/** Cancels a job that waits. The job as it is then: one that had started goes on. */
export async function cancelIfWaiting(work: Cancelling, job: ServiceJob): Promise<ServiceJob> {
  const cancelled: ServiceJob = { ...job, state: "CANCELLED" };
  try {
    await work.service.cancelJob(job.id);
    return cancelled;
  } catch (error) {
    if (isFailure(error, "notFound")) return cancelled;
    if (!isFailure(error, "conflict")) throw error;
    return getJobWhen(work, job.id, ({ state }) => state !== "WAITING");
  }
}
