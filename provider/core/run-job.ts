/** From a job that exists to a job that has ended: upload, start, wait. Each step may find itself done already. */
import type { ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import { formatDuration } from "../../lib/duration";
import { WaitTimeoutError } from "./errors";
import { isFailure } from "./service-error";
import { waitForRoom } from "./job-quota";
import type { Timeouts } from "./job-inputs";
import { backoffDelay } from "../../lib/backoff";
import { longestLag } from "./listing-lag";
import type { Work } from "./job-context";
import { uploadBody } from "./upload";

/** The job once it has started; `CANCELLED` when somebody cancelled it before that. */
export async function startJob(work: Work, job: ServiceJob, uploaded = false): Promise<ServiceJob> {
  if (job.state !== "WAITING") return job;
  if (!uploaded) await uploadBody(work, job);
  const { service, reporter, assertWanted } = work;
  try {
    await waitForRoom(work, async () => {
      await assertWanted();
      reporter.status("starting the job");
      await service.startJob(job.id);
    });
    return { ...job, state: "IN_PROGRESS" };
  } catch (error) {
    if (!isFailure(error, "conflict")) throw error;
    // Started already, by a call whose answer was lost or by another process; or cancelled.
    const now = await askUntil(work, job.id, ({ state }) => state !== "WAITING");
    if (now.state === "WAITING") throw error;
    return now;
  }
}

/**
 * A job that is there, as GetJob shows it; asked again while the answer cannot be, because it may be older than those
 * of other calls.
 */
export async function askUntil(
  { service, clock, timeouts }: Pick<Work, "service" | "clock"> & { timeouts?: Pick<Timeouts, "request"> },
  id: string,
  isPossible: (job: ServiceJob) => boolean,
): Promise<ServiceJob> {
  const giveUpAt = clock.now() + Math.min(longestLag, timeouts?.request ?? longestLag);
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

/** The job once it has ended. */
export async function waitForEnd(
  { session, timeouts, reporter }: Work,
  job: ServiceJob,
): Promise<ServiceJob> {
  if (!isUnfinished(job.state)) return job;
  reporter.status("in progress");
  const { run: timeout, request: patience } = timeouts;
  const ended = await session.watcher.wait(job, { timeout, patience });
  if (ended) return ended;
  throw new WaitTimeoutError(
    `it has not ended within ${formatDuration(timeouts.run)} (timeouts.run); it goes on running at the service`,
  );
}
