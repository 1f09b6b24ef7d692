import { jobTypeOf } from "../../service-model/job-types";
import { conflict, invalid, limitExceeded } from "../state/api-error";
import { arnOf, uploadKey } from "../state/records";
import type { Job } from "../state/records";
import { isExpired, expireIfDue } from "../state/region-state";
import type { Context, Handlers } from "./handler";
import { paginate, timestamps, touch } from "./handler";
import { assertNotFinalized } from "./revisions";

export const jobHandlers = {
  CreateJob: ({ type, details, assetConfiguration }, context) => {
    const { state, urls, origin } = context;
    const { detailsKey, upload } = jobTypeOf(type);
    const given = details[detailsKey] as Readonly<Record<string, unknown>>;
    checkResources(type, given, context);
    state.makeRoomForJob();
    const id = state.newId();
    const put = upload && urls.issue("PUT", uploadKey(state.accountRegion, id), state.accountRegion, origin);
    const added = upload && put ? { [upload.url]: put.url, [upload.expiresAt]: put.expiresAt } : {};
    const job: Job = {
      id,
      arn: arnOf(state.accountRegion, `jobs/${id}`),
      type,
      state: "WAITING",
      details: { [detailsKey]: { ...given, ...added } },
      assetConfiguration,
      ...timestamps(context),
      startCount: 0,
      origin,
    };
    state.addJob(
      job,
      [given["dataSetId"], given["revisionId"]].filter((about) => typeof about === "string"),
    );
    return job;
  },

  StartJob: ({ jobId }, context) => {
    const { state, runner, quotaOf } = context;
    const job = state.job(jobId);
    refuseUnlessWaiting(job, "started");
    const quota = quotaOf(job.type);
    if (state.inProgress(job.type) >= quota) {
      throw limitExceeded(jobTypeOf(job.type).concurrency.limitName, quota);
    }
    runner.start(job, state);
    return {};
  },

  GetJob: ({ jobId }, { state }) => state.job(jobId),

  CancelJob: ({ jobId }, context) => {
    const job = context.state.job(jobId);
    refuseUnlessWaiting(job, "cancelled");
    job.state = "CANCELLED";
    touch(job, context);
    if (job.upload) void context.objects.deleteObjects([job.upload.key]);
  },

  /** An export of revisions has their ids in its destinations, so it is listed only under its data set. */
  ListJobs: ({ dataSetId, revisionId, ...input }, { state, clock }) => {
    const about = revisionId ?? dataSetId;
    const listed = about === undefined ? state.jobs : state.jobsAbout.of(about);
    const { items, nextToken } = paginate(listed, `jobs of ${about ?? "all"}`, input);
    // The newest job is first, so all jobs after the first expired one have expired, too.
    const now = clock.now();
    const end = items.findIndex((job) => isExpired(job, now));
    const jobs = (end === -1 ? items : items.slice(0, end)).filter(
      (job) => dataSetId === undefined || jobDetails(job)["dataSetId"] === dataSetId,
    );
    return { jobs: jobs.map((job) => expireIfDue(job, now)), nextToken: end === -1 ? nextToken : undefined };
  },
} satisfies Partial<Handlers>;

const jobDetails = ({ type, details }: Job): Record<string, unknown> =>
  details[jobTypeOf(type).detailsKey] ?? {};

function refuseUnlessWaiting({ id, state }: Job, done: string): void {
  if (state !== "WAITING") {
    throw conflict("JOB", id, `The job ${id} is ${state}; only a job that is WAITING can be ${done}.`);
  }
}

/** The resources of the details must exist, be accessible to the account, and have a type that the job supports. */
function checkResources(type: string, details: Readonly<Record<string, unknown>>, { state }: Context): void {
  const { assetTypes, createsAssets } = jobTypeOf(type);
  const dataSetId = details["dataSetId"] as string;
  const dataSet = createsAssets ? state.ownDataSet(dataSetId) : state.dataSet(dataSetId);
  if (!assetTypes.includes(dataSet.assetType)) {
    throw invalid(
      `A job of type ${type} needs a data set of type ${assetTypes.join(" or ")}; ${dataSet.id} is of type ${dataSet.assetType}.`,
    );
  }
  for (const revisionId of findIds(details, "revisionId")) {
    if (createsAssets) assertNotFinalized(state.revision(dataSet.id, revisionId));
    else state.exportableRevision(dataSet.id, revisionId);
    findIds(details, "assetId").forEach((assetId) => state.asset(dataSet.id, revisionId, assetId));
  }
}

/** All distinct strings of the members with this name, at any depth of a job's details. */
function findIds(value: unknown, member: string): string[] {
  const found = new Set<string>();
  const walk = (held: unknown): void => {
    if (Array.isArray(held)) held.forEach(walk);
    else if (typeof held === "object" && held !== null) {
      for (const [name, inner] of Object.entries(held)) {
        if (name === member && typeof inner === "string") found.add(inner);
        else walk(inner);
      }
    }
  };
  walk(value);
  return [...found];
}
