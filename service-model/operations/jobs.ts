/** The operations on jobs. The job type table describes the details of a job. */
import { jobError, jobStates } from "../job";
import { findJobType, jobTypes } from "../job-types/index";
import type { Rule, StructShape } from "../shape";
import { list, oneOf, optional, required, string, struct } from "../shape";
import { assetConfiguration } from "../shared-shapes";
import { identity, jobId, nextToken, paging } from "../shared-shapes";
import type { Operation } from "./operation";
import { changeErrors, readErrors } from "./operation";

/** `Details` has exactly one member, that of the type. */
const detailsOfType: Rule = ({ type, details }, report) => {
  const jobType = findJobType(type);
  if (!jobType || typeof details !== "object" || details === null) return;
  const wanted = jobType.detailsKey;
  if ((details as Record<string, unknown>)[wanted] === undefined) {
    report(["details", wanted], "missing-member", `is required when the type is ${jobType.type}`);
  }
  for (const name of Object.keys(details)) {
    if (name !== wanted)
      report(["details", name], "wrong-details", `does not belong to the type ${jobType.type}`);
  }
};

const detailsShape = (name: string, shapeOf: (type: (typeof jobTypes)[number]) => StructShape): StructShape =>
  struct(
    name,
    Object.fromEntries(
      jobTypes.map((type) => [type.detailsKey, optional(shapeOf(type), `Details of ${type.type}.`)]),
    ),
  );

const type = required(oneOf(...jobTypes.map(({ type }) => type)), "Type of the job.");
const configuration = optional(assetConfiguration, "Configuration of the assets that the job creates.");

const job = {
  ...identity,
  type,
  state: required(oneOf(...jobStates), "State of the job."),
  details: required(
    detailsShape("ResponseDetails", ({ details, response }) =>
      struct(details.name, { ...details.members, ...response }),
    ),
    "Details of the job.",
  ),
  assetConfiguration: configuration,
  errors: optional(list(jobError), "Why the job failed."),
};

export const jobOperations = {
  CreateJob: {
    method: "POST",
    path: "/v1/jobs",
    status: 201,
    input: struct(
      "CreateJobRequest",
      {
        type,
        details: required(
          detailsShape("RequestDetails", ({ details }) => details),
          "Details of the job.",
        ),
        assetConfiguration: configuration,
      },
      [detailsOfType],
    ),
    output: struct("CreateJobResponse", job),
    errors: changeErrors,
  },
  StartJob: {
    method: "PATCH",
    path: "/v1/jobs/{jobId}",
    status: 202,
    input: struct("StartJobRequest", { jobId }),
    output: struct("StartJobResponse", {}),
    // ServiceLimitExceededException is not modelled here, yet its LimitName lists the concurrent jobs.
    errors: [...changeErrors, "ServiceLimitExceededException"],
  },
  GetJob: {
    method: "GET",
    path: "/v1/jobs/{jobId}",
    status: 200,
    input: struct("GetJobRequest", { jobId }),
    output: struct("GetJobResponse", job),
    errors: readErrors,
  },
  CancelJob: {
    method: "DELETE",
    path: "/v1/jobs/{jobId}",
    status: 204,
    input: struct("CancelJobRequest", { jobId }),
    errors: [...readErrors, "ConflictException"],
  },
  ListJobs: {
    method: "GET",
    path: "/v1/jobs",
    query: ["dataSetId", "revisionId", "maxResults", "nextToken"],
    status: 200,
    input: struct("ListJobsRequest", {
      dataSetId: optional(string(), "Only jobs on this data set."),
      revisionId: optional(string(), "Only jobs on this revision."),
      ...paging,
    }),
    output: struct("ListJobsResponse", {
      jobs: required(list(struct("JobEntry", job)), "Jobs, newest first."),
      nextToken,
    }),
    errors: readErrors,
  },
} as const satisfies Record<string, Operation>;
