import { unlessAborted } from "../../lib/abort";
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
import type { Message } from "../../lib/message-code";
import { retryWhileQuotaExceeded } from "./concurrency";
import { waitsForBody } from "./diff";
import type { BodySource } from "./ports";
import { retry, transient } from "./retry";
import { StoppedError } from "./stop";

/**
 * Uploads the body, starts the job, waits for its end, and returns the resource's outputs. Skips steps that are done.
 * @throws UnfinishedJobError in every case, because the job exists and must stay in state.
 */
export async function finishJob(
  context: JobContext,
  obtained: ObtainedJob,
  slots: JobSlots,
): Promise<JobOutputs> {
  const { job: found, uploaded } = obtained;
  const outputsOf = (known: ServiceJob, assets: JobOutputs["assets"] = []): JobOutputs => ({
    ...toOutputs(context.inputs, known, assets),
    ...(obtained.shared && { __shared: true as const }),
  });
  let job = found;
  let isStartSent = false;
  try {
    if (job.state === "WAITING") await slots.acquireRun(job);
    job = await startJob(context, job, uploaded, (sent) => (isStartSent = sent));
    slots.releasePreparation();
    if (job.state === "CANCELLED" && found.state === "WAITING") {
      throw new LostRaceError(describeFailedJob(job, context.inputs), job.id, outputsOf(job));
    }
    job = await waitForEnd(context, job);
    slots.release();
    await context.beforeCollecting?.();
    const collected = await collect(context, job).catch((error: unknown) => {
      // The job's failure matters more than a failed listing of its assets.
      if (isFailed(job.state)) return { job, assets: [], missing: 1 };
      throw error;
    });
    const outputs = outputsOf(collected.job, collected.assets);
    if (collected.missing > 0) {
      outputs.__incomplete = true;
      if (!isFailed(job.state)) context.reporter.warn(describeMissing(job, collected));
    }
    // Pulumi leaves the last status on the finished row.
    context.reporter.status(describeEnd(context, outputs));
    if (!isFailed(job.state)) return outputs;
    throw new UnfinishedJobError(describeFailedJob(collected.job, context.inputs), job.id, outputs);
  } catch (error) {
    if (error instanceof UnfinishedJobError) throw error;
    const failure = describeFailure(error, nameJob(job), context.inputs);
    if (isFailure(error, "expired") && (await isCancelled(context, job))) {
      // Another process's job, whose upload URL has expired, can never start.
      throw new LostRaceError(failure, job.id, outputsOf(markCancelled(job)));
    }
    const known = afterFailure(job, error, isStartSent);
    const outputs: JobOutputs = { ...outputsOf(known), __pending: true };
    const isResumed = error instanceof WaitTimeoutError && !waitsForBody(outputs);
    const next = isResumed ? " The next `pulumi up` resumes this job." : "";
    throw new UnfinishedJobError({ code: failure.code, text: failure.text + next }, job.id, outputs);
  }
}

/** The last answer about an ended job, the only one with a signed URL, and the assets that the job created. */
async function collect(context: JobContext, job: ServiceJob): Promise<CollectedAssets & { job: ServiceJob }> {
  const answersMore = namesAnswered(context.jobType).length > 0;
  return {
    // An ended job does not change, so an unfinished state is an outdated answer.
    job: answersMore ? await getJobWhen(context, job.id, ({ state }) => state === job.state) : job,
    ...(await collectAssets(context, job)),
  };
}

/** The job as far as it is known after a failed call. */
function afterFailure(job: ServiceJob, error: unknown, isStartSent: boolean): ServiceJob {
  // It has had no effect, or an unknown one. The next run creates a new job.
  if (isOfJob(error) && isFailure(error, "notFound")) return markCancelled(job);
  const mayHaveStarted = error instanceof StoppedError ? isStartSent : mayBeStarted(error);
  // The next run resumes the job and reads its state. It would replace an upload in state `WAITING`.
  return mayHaveStarted && job.state === "WAITING" ? { ...job, state: "IN_PROGRESS" } : job;
}

/** Whether the failed call is about the job itself, unlike a listing that does not find the data set. */
const isOfJob = (error: unknown): boolean =>
  error instanceof ServiceError &&
  ["GetJob", "StartJob"].includes(error.facts.operation) &&
  (error.facts.resourceType ?? "JOB") === "JOB";

/** Whether a StartJob had no answer, or was refused because the job does not wait, which GetJob follows. */
const mayBeStarted = (error: unknown): boolean =>
  error instanceof ServiceError &&
  (error.facts.operation === "GetJob" ||
    (error.facts.operation === "StartJob" && error.facts.mayBeAccepted === true));

const markCancelled = (job: ServiceJob): ServiceJob =>
  isUnfinished(job.state) ? { ...job, state: "CANCELLED" } : job;

function describeEnd({ jobType }: JobContext, { state, assets }: JobOutputs): string {
  const count = jobType.createsAssets ? `, ${assets.length} ${assets.length === 1 ? "asset" : "assets"}` : "";
  return `${state.toLowerCase().replace("_", " ")}${count}`;
}

const describeMissing = (job: ServiceJob, { assets, missing }: CollectedAssets): Message => ({
  code: "assets-not-listed",
  text:
    `${nameJob(job)} has completed, but ListRevisionAssets shows ${assets.length} of its ${assets.length + missing} assets. ` +
    "Run `pulumi refresh` to look for the missing ones.",
});

/**
 * The job once it has started, or `CANCELLED` if it was cancelled before that. `onSent` receives whether the service may have
 * accepted a StartJob.
 */
async function startJob(
  context: JobContext,
  job: ServiceJob,
  uploaded = false,
  onSent: (mayBeAccepted: boolean) => void,
): Promise<ServiceJob> {
  if (job.state !== "WAITING") return job;
  if (!uploaded) await uploadBody(context, job);
  const { service, reporter, assertEngineAlive } = context;
  try {
    await retryWhileQuotaExceeded(context, async () => {
      await assertEngineAlive();
      reporter.status("starting the job");
      onSent(true);
      await service.startJob(job.id).catch((error: unknown) => {
        if (isFailure(error, "limit")) onSent(false);
        throw error;
      });
    });
    return { ...job, state: "IN_PROGRESS" };
  } catch (error) {
    if (!isFailure(error, "conflict")) throw error;
    // It was started by a call whose answer was lost or by another process, or it was cancelled.
    const now = await getJobWhen(context, job.id, ({ state }) => state !== "WAITING");
    if (now.state === "WAITING") throw error;
    return now;
  }
}

/** The job once it has ended. */
async function waitForEnd({ session, timeouts, reporter }: JobContext, job: ServiceJob): Promise<ServiceJob> {
  if (!isUnfinished(job.state)) return job;
  reporter.status("in progress");
  const { run: timeout, request: errorToleranceMs } = timeouts;
  const { watcher, signal } = session;
  const ended = await watcher.wait(job, { timeout, errorToleranceMs, signal });
  if (ended) return ended;
  throw new WaitTimeoutError({
    code: "run-timeout",
    text: `It has not ended within ${formatDuration(timeouts.run)} (timeouts.run) and is still running.`,
  });
}

/**
 * Puts the body to the job's signed URL. S3 checks the expiry when a request begins, so the transfer may take as long as
 * `timeouts.upload` allows. A request that begins too late fails as `expired`. A second upload has no further effect.
 */
export async function uploadBody(context: JobContext, job: ServiceJob): Promise<void> {
  const { jobType, inputs, request, bodies, timeouts, reporter } = context;
  const { clock, signal } = context.session;
  const { upload, detailsKey } = jobType;
  if (!upload) return;
  const url = job.details[detailsKey]?.[upload.url] as string;
  const source = inputs.upload as BodySource;
  const size = formatBytes(await unlessAborted(bodies.size(source), signal));
  const md5 = request.details[detailsKey]![upload.md5] as string;
  const report = (sent: number) => reporter.status(`uploading, ${formatBytes(sent)} of ${size}`);
  await retry((deadline) => bodies.put(source, url, md5, report, deadline), {
    clock,
    on: transient,
    budget: timeouts.upload,
    signal,
  });
}

const formatBytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
