import type { ServiceJob } from "../../service-model/job";
import { isFailed, isUnfinished } from "../../service-model/job";
import { getJobWhen, isCancelled } from "./find-job";
import type { CollectedAssets } from "./job-assets";
import { collectAssets } from "./job-assets";
import { LostRaceError, ServiceError, UnfinishedJobError, WaitTimeoutError, isFailure } from "./errors";
import { describeFailedJob, describeFailure, nameJob } from "./error-messages";
import type { JobSlots } from "./concurrency";
import type { JobOutputs } from "./state";
import { namesAnswered, toOutputs } from "./state";
import type { ObtainedJob, JobContext } from "./job-context";
import { formatDuration } from "../../lib/duration";
import { retryWhileQuotaExceeded } from "./concurrency";
import type { BodySource } from "./ports";
import { retry, transient } from "./retry";

/**
 * Brings a job that exists to its end and returns the resource's outputs. Whatever goes wrong from here on, the job
 * stays in state with what is known of it.
 */
export async function finishJob(
  work: JobContext,
  obtained: ObtainedJob,
  places: JobSlots,
): Promise<JobOutputs> {
  const { job: found, uploaded } = obtained;
  const outputsOf = (known: ServiceJob, assets: JobOutputs["assets"] = []): JobOutputs => ({
    ...toOutputs(work.inputs, known, assets),
    ...(obtained.shared && { __shared: true as const }),
  });
  let job = found;
  try {
    if (job.state === "WAITING") await places.acquireRun();
    job = await startJob(work, job, uploaded);
    places.releasePreparation();
    if (job.state === "CANCELLED" && found.state === "WAITING") {
      throw new LostRaceError(describeFailedJob(job), job.id, outputsOf(job));
    }
    job = await waitForEnd(work, job);
    places.release();
    await work.beforeCollecting?.();
    const collected = await collect(work, job).catch((error: unknown) => {
      // Why a job failed is worth more than why what it left behind cannot be listed.
      if (isFailed(job.state)) return { job, assets: [], missing: 1 };
      throw error;
    });
    const outputs = outputsOf(collected.job, collected.assets);
    if (collected.missing > 0) {
      outputs.__incomplete = true;
      if (!isFailed(job.state)) work.reporter.warn(describeMissing(job, collected));
    }
    // The engine leaves the last status on the finished row.
    work.reporter.status(describeEnd(work, outputs));
    if (!isFailed(job.state)) return outputs;
    throw new UnfinishedJobError(describeFailedJob(collected.job), job.id, outputs);
  } catch (error) {
    if (error instanceof UnfinishedJobError) throw error;
    if (isFailure(error, "expired") && (await isCancelled(work, job))) {
      // Another process's job, whose upload URL has expired: without a body it can never start.
      throw new LostRaceError(describeFailure(error, nameJob(job)), job.id, outputsOf(markCancelled(job)));
    }
    // Gone before it ended: it had no effect, or nobody can tell; either way the next run makes a new one.
    const known = isOfJob(error) && isFailure(error, "notFound") ? markCancelled(job) : job;
    const message =
      error instanceof WaitTimeoutError
        ? `${nameJob(job)}: ${error.message}. The next \`pulumi up\` goes on with this same job.`
        : describeFailure(error, nameJob(job));
    throw new UnfinishedJobError(message, job.id, { ...outputsOf(known), __pending: true });
  }
}

/** What an ended job left behind: its last answer, which alone holds a signed URL, and the assets that it made. */
async function collect(work: JobContext, job: ServiceJob): Promise<CollectedAssets & { job: ServiceJob }> {
  const answersMore = namesAnswered(work.jobType).length > 0;
  return {
    // A job that has ended stays ended, so an answer that shows it unfinished is an old one.
    job: answersMore ? await getJobWhen(work, job.id, ({ state }) => state === job.state) : job,
    ...(await collectAssets(work, job)),
  };
}

/** Whether the failed call names the job and nothing else; that a listing finds no data set says nothing of the job. */
const isOfJob = (error: unknown): boolean =>
  error instanceof ServiceError &&
  ["GetJob", "StartJob"].includes(error.facts.operation) &&
  (error.facts.resourceType ?? "JOB") === "JOB";

const markCancelled = (job: ServiceJob): ServiceJob =>
  isUnfinished(job.state) ? { ...job, state: "CANCELLED" } : job;

function describeEnd({ jobType }: JobContext, { state, assets }: JobOutputs): string {
  const made = jobType.createsAssets ? `, ${assets.length} ${assets.length === 1 ? "asset" : "assets"}` : "";
  return `${state.toLowerCase().replace("_", " ")}${made}`;
}

const describeMissing = (job: ServiceJob, { assets, missing }: CollectedAssets): string =>
  `${nameJob(job)} has completed, but ListRevisionAssets shows ${assets.length} of its ${assets.length + missing} assets. ` +
  "Run `pulumi refresh`, which looks for the missing ones.";

/** From a job that exists to a job that has ended: upload, start, wait. Each step may find itself done already. */

/** The job once it has started; `CANCELLED` when somebody cancelled it before that. */
export async function startJob(work: JobContext, job: ServiceJob, uploaded = false): Promise<ServiceJob> {
  if (job.state !== "WAITING") return job;
  if (!uploaded) await uploadBody(work, job);
  const { service, reporter, assertEngineAlive } = work;
  try {
    await retryWhileQuotaExceeded(work, async () => {
      await assertEngineAlive();
      reporter.status("starting the job");
      await service.startJob(job.id);
    });
    return { ...job, state: "IN_PROGRESS" };
  } catch (error) {
    if (!isFailure(error, "conflict")) throw error;
    // Started already, by a call whose answer was lost or by another process; or cancelled.
    const now = await getJobWhen(work, job.id, ({ state }) => state !== "WAITING");
    if (now.state === "WAITING") throw error;
    return now;
  }
}

/** The job once it has ended. */
export async function waitForEnd(
  { session, timeouts, reporter }: JobContext,
  job: ServiceJob,
): Promise<ServiceJob> {
  if (!isUnfinished(job.state)) return job;
  reporter.status("in progress");
  const { run: timeout, request: errorToleranceMs } = timeouts;
  const ended = await session.watcher.wait(job, { timeout, errorToleranceMs });
  if (ended) return ended;
  throw new WaitTimeoutError(
    `it has not ended within ${formatDuration(timeouts.run)} (timeouts.run); it goes on running at the service`,
  );
}

/**
 * Puts the body to the job's signed URL. S3 looks at the expiry when a request begins, so the body may take as long as
 * `timeouts.upload` allows; a request that begins too late fails as `expired`. Doing it twice is harmless: it is the
 * same body.
 */
export async function uploadBody(work: JobContext, job: ServiceJob): Promise<void> {
  const { jobType, inputs, request, bodies, clock, timeouts, reporter } = work;
  const { upload, detailsKey } = jobType;
  if (!upload) return;
  const url = job.details[detailsKey]?.[upload.url] as string;
  const source = inputs.upload as BodySource;
  const size = formatBytes(await bodies.size(source));
  const md5 = request.details[detailsKey]![upload.md5] as string;
  const report = (sent: number) => reporter.status(`uploading, ${formatBytes(sent)} of ${size}`);
  await retry((signal) => bodies.put(source, url, md5, report, signal), {
    clock,
    on: transient,
    budget: timeouts.upload,
  });
}

const formatBytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
