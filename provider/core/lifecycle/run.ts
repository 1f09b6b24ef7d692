/** From a job that exists to a job that has ended: upload, start, wait. Each step may find itself done already. */
import type { ServiceJob } from "../../model/job";
import { isUnfinished } from "../../model/job";
import { formatDuration } from "../duration";
import { WaitTimeoutError } from "../errors/job-errors";
import { isFailure } from "../errors/service-error";
import type { BodySource } from "../ports";
import { waitForRoom } from "../queue/room";
import { retry, transient } from "../retry/retry";
import type { Work } from "../work";

/** The job once it has started; `CANCELLED` when somebody cancelled it before that. */
export async function startJob(work: Work, job: ServiceJob): Promise<ServiceJob> {
  if (job.state !== "WAITING") return job;
  await uploadBody(work, job);
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
    const now = await service.getJob(job.id);
    if (now.state === "WAITING") throw error;
    return now;
  }
}

/** Puts the body to the signed URL. Doing it twice is harmless: it is the same body. */
async function uploadBody(work: Work, job: ServiceJob): Promise<void> {
  const { jobType, inputs, request, bodies, clock, timeouts, reporter } = work;
  const { upload, detailsKey } = jobType;
  if (!upload) return;
  const details = job.details[detailsKey] ?? {};
  const expiresAt = Date.parse(String(details[upload.expiresAt]));
  const source = inputs.upload as BodySource;
  const size = formatBytes(await bodies.size(source));
  const md5 = request.details[detailsKey]![upload.md5] as string;
  const report = (sent: number) => reporter.status(`uploading, ${formatBytes(sent)} of ${size}`);
  await retry((signal) => bodies.put(source, details[upload.url] as string, md5, report, signal), {
    clock,
    on: transient,
    budget: Number.isNaN(expiresAt) ? timeouts.upload : Math.min(timeouts.upload, expiresAt - clock.now()),
  });
}

/** The job once it has ended; `since` is when it began to run. */
export async function waitForEnd(
  { session, timeouts, reporter }: Work,
  job: ServiceJob,
  since: number,
): Promise<ServiceJob> {
  if (!isUnfinished(job.state)) return job;
  reporter.status("in progress");
  const { run: timeout, request: patience } = timeouts;
  const ended = await session.watcher.wait(job, { timeout, patience, since });
  if (ended) return ended;
  throw new WaitTimeoutError(
    `it has not ended within ${formatDuration(timeouts.run)} (timeouts.run); it goes on running at the service`,
  );
}

const formatBytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
