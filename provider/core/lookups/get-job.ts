import { CodedError } from "../../../lib/message-code";
import { jobRetentionDays } from "../../../service-model/errors";
import type { JobError, JobState } from "../../../service-model/job";
import { required, struct } from "../../../service-model/shape";
import { id } from "../../../service-model/shared-shapes";
import { isFailure } from "../errors";
import { requestedDetails } from "../job-details";
import type { Lookup } from "./lookup";
import { described } from "./lookup";

/** Arguments of getJob. */
export interface GetJobArgs {
  /** Id of the job, 30 to 40 letters and digits. */
  jobId: string;
}

/** A job as it is now. */
export interface GetJobResult {
  /** Id of the job. */
  jobId: string;
  /** ARN of the job. */
  arn: string;
  /** Type of the job, such as `EXPORT_REVISIONS_TO_S3`. */
  type: string;
  /** State of the job. */
  state: JobState;
  /**
   * What the job was created with, under the key of its type, as the `details` of a Job. Without API keys and signed URLs,
   * which are credentials.
   */
  details: Record<string, Record<string, unknown>>;
  /** Why the job failed; empty if it did not. */
  errors: JobError[];
  /** When the job was created, ISO 8601. */
  createdAt: string;
}

export const getJob: Lookup<GetJobArgs, GetJobResult> = {
  name: "getJob",
  args: struct("GetJobArgs", { jobId: required(id, "Id of the job, 30 to 40 letters and digits.") }),
  async run({ jobId }, { service }) {
    const found = service.getJob(jobId).catch((error: unknown) => {
      throw isFailure(error, "notFound") ? notFound() : error;
    });
    const job = await described(`Job ${jobId}`, found);
    const { arn, type, state, errors = [], createdAt } = job;
    return { jobId, arn, type, state, details: requestedDetails(job), errors, createdAt };
  },
};

const notFound = (): CodedError =>
  new CodedError({
    code: "job-not-found",
    text:
      `it does not exist in this region and account. The service deletes a job ${jobRetentionDays} days after its ` +
      "creation. Check the id, the region and the account, or remove the lookup.",
  });
