import type { ServiceJob } from "../../model/job";
import { isFailed, isUnfinished } from "../../model/job";
import { LostRaceError, UnfinishedJobError, WaitTimeoutError } from "../errors/job-errors";
import { describeFailedJob, describeFailure, nameJob } from "../errors/sentences";
import { ServiceError, isFailure } from "../errors/service-error";
import type { JobOutputs } from "../state";
import { toOutputs } from "../state";
import type { Work } from "../work";
import { collect } from "./collect";
import { startJob, waitForEnd } from "./run";

/**
 * Brings a job that exists to its end and returns the resource's outputs. Whatever goes wrong from here on, the job
 * stays in state with what is known of it.
 */
export async function finishJob(work: Work, found: ServiceJob, endTurn: () => void): Promise<JobOutputs> {
  let job = found;
  try {
    job = await startJob(work, job);
    if (job.state === "CANCELLED" && found.state === "WAITING") {
      throw new LostRaceError(describeFailedJob(job), job.id, toOutputs(work.inputs, job));
    }
    job = await waitForEnd(work, job, found.state === "IN_PROGRESS" ? startedAt(found) : work.clock.now());
    endTurn();
    const collected = await collect(work, job).catch((error: unknown) => {
      // Why a job failed is worth more than why what it left behind cannot be listed.
      if (isFailed(job.state)) return { job, assets: [] };
      throw error;
    });
    const outputs = toOutputs(work.inputs, collected.job, collected.assets);
    // The engine leaves the last status on the finished row.
    work.reporter.status(describeEnd(work, outputs));
    if (!isFailed(job.state)) return outputs;
    throw new UnfinishedJobError(describeFailedJob(collected.job), job.id, outputs);
  } catch (error) {
    if (error instanceof UnfinishedJobError) throw error;
    throw keepInState(work, job, error);
  }
}

function keepInState(work: Work, job: ServiceJob, error: unknown): UnfinishedJobError {
  // Gone before it ended: it had no effect, or nobody can tell; either way the next run makes a new one.
  const known: ServiceJob = isOfJob(error) && isFailure(error, "notFound") ? lost(job) : job;
  const outputs = { ...toOutputs(work.inputs, known), __pending: true as const };
  const message =
    error instanceof WaitTimeoutError
      ? `${nameJob(job)}: ${error.message}. The next \`pulumi up\` goes on with this same job.`
      : describeFailure(error, nameJob(job));
  return new UnfinishedJobError(message, job.id, outputs);
}

/** Whether the failed call names the job and nothing else; that a listing finds no data set says nothing of the job. */
const isOfJob = (error: unknown): boolean =>
  error instanceof ServiceError &&
  ["GetJob", "StartJob"].includes(error.facts.operation) &&
  (error.facts.resourceType ?? "JOB") === "JOB";

const lost = (job: ServiceJob): ServiceJob =>
  isUnfinished(job.state) ? { ...job, state: "CANCELLED" } : job;

/** A job that runs has not changed since it began to. */
const startedAt = ({ updatedAt }: ServiceJob): number => Date.parse(updatedAt);

function describeEnd({ jobType }: Work, { state, assets }: JobOutputs): string {
  const made = jobType.makes ? `, ${assets.length} ${assets.length === 1 ? "asset" : "assets"}` : "";
  return `${state.toLowerCase().replace("_", " ")}${made}`;
}
