import type { ServiceJob } from "../../service-model/job";
import { isFailed, isUnfinished } from "../../service-model/job";
import type { Obtained } from "./resolve-race";
import { isCancelled } from "./resolve-race";
import type { CollectedAssets } from "./collect-assets";
import { collectAssets } from "./collect-assets";
import { LostRaceError, UnfinishedJobError, WaitTimeoutError } from "./errors";
import { describeFailedJob, describeFailure, nameJob } from "./error-messages";
import { ServiceError, isFailure } from "./service-error";
import type { Places } from "./job-slots";
import type { JobOutputs } from "./state";
import { namesAnswered, toOutputs } from "./state";
import type { Work } from "./job-context";
import { askUntil, startJob, waitForEnd } from "./run-job";

/**
 * Brings a job that exists to its end and returns the resource's outputs. Whatever goes wrong from here on, the job
 * stays in state with what is known of it.
 */
export async function finishJob(work: Work, obtained: Obtained, places: Places): Promise<JobOutputs> {
  const { job: found, uploaded } = obtained;
  const outputsOf = (known: ServiceJob, assets: JobOutputs["assets"] = []): JobOutputs => ({
    ...toOutputs(work.inputs, known, assets),
    ...(obtained.shared && { __shared: true as const }),
  });
  let job = found;
  try {
    if (job.state === "WAITING") await places.toRun();
    job = await startJob(work, job, uploaded);
    places.started();
    if (job.state === "CANCELLED" && found.state === "WAITING") {
      throw new LostRaceError(describeFailedJob(job), job.id, outputsOf(job));
    }
    job = await waitForEnd(work, job);
    places.leave();
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
      throw new LostRaceError(describeFailure(error, nameJob(job)), job.id, outputsOf(lost(job)));
    }
    // Gone before it ended: it had no effect, or nobody can tell; either way the next run makes a new one.
    const known = isOfJob(error) && isFailure(error, "notFound") ? lost(job) : job;
    const message =
      error instanceof WaitTimeoutError
        ? `${nameJob(job)}: ${error.message}. The next \`pulumi up\` goes on with this same job.`
        : describeFailure(error, nameJob(job));
    throw new UnfinishedJobError(message, job.id, { ...outputsOf(known), __pending: true });
  }
}

/** What an ended job left behind: its last answer, which alone holds a signed URL, and the assets that it made. */
async function collect(work: Work, job: ServiceJob): Promise<CollectedAssets & { job: ServiceJob }> {
  const answersMore = namesAnswered(work.jobType).length > 0;
  return {
    // A job that has ended stays ended, so an answer that shows it unfinished is an old one.
    job: answersMore ? await askUntil(work, job.id, ({ state }) => state === job.state) : job,
    ...(await collectAssets(work, job)),
  };
}

/** Whether the failed call names the job and nothing else; that a listing finds no data set says nothing of the job. */
const isOfJob = (error: unknown): boolean =>
  error instanceof ServiceError &&
  ["GetJob", "StartJob"].includes(error.facts.operation) &&
  (error.facts.resourceType ?? "JOB") === "JOB";

const lost = (job: ServiceJob): ServiceJob =>
  isUnfinished(job.state) ? { ...job, state: "CANCELLED" } : job;

function describeEnd({ jobType }: Work, { state, assets }: JobOutputs): string {
  const made = jobType.makes ? `, ${assets.length} ${assets.length === 1 ? "asset" : "assets"}` : "";
  return `${state.toLowerCase().replace("_", " ")}${made}`;
}

const describeMissing = (job: ServiceJob, { assets, missing }: CollectedAssets): string =>
  `${nameJob(job)} has completed, but ListRevisionAssets shows ${assets.length} of its ${assets.length + missing} assets. ` +
  "Run `pulumi refresh`, which looks for the missing ones.";
