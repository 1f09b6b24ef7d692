import { jobTypeOf } from "../../service-model/job-types/index";
import { idsIn } from "../jobs/find-ids";
import { conflict, invalid, limitExceeded } from "../http/service-error";
import { arnOf, uploadKey } from "../state/arns-and-keys";
import type { Job } from "../state/records";
import { hasVanished, settled } from "../state/region-state";
import type { Context, Handler } from "./context";
import { stamps, touch } from "./context";
import type { PageInput } from "./pages";
import { pageOf } from "./pages";
import { refuseFinalized } from "./revisions";

interface CreateJob {
  readonly type: string;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly assetConfiguration?: Job["assetConfiguration"];
}

interface ById {
  readonly jobId: string;
}

interface ListJobs extends PageInput {
  readonly dataSetId?: string;
  readonly revisionId?: string;
}

export const jobHandlers = {
  CreateJob: ({ type, details, assetConfiguration }: CreateJob, context: Context) => {
    const { state, urls, origin } = context;
    const { detailsKey, upload } = jobTypeOf(type);
    const given = details[detailsKey]!;
    checkResources(type, given, context);
    state.needRoomForJob();
    const id = state.newId();
    const put = upload && urls.issue("PUT", uploadKey(state.place, id), state.place, origin);
    const added = upload && put ? { [upload.url]: put.url, [upload.expiresAt]: put.expiresAt } : {};
    const job: Job = {
      id,
      arn: arnOf(state.place, `jobs/${id}`),
      type,
      state: "WAITING",
      details: { [detailsKey]: { ...given, ...added } },
      assetConfiguration,
      ...stamps(context),
      starts: 0,
      origin,
    };
    state.addJob(
      job,
      [given["dataSetId"], given["revisionId"]].filter((about) => typeof about === "string"),
    );
    return job;
  },

  StartJob: ({ jobId }: ById, context: Context) => {
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

  GetJob: ({ jobId }: ById, { state }: Context) => state.job(jobId),

  CancelJob: ({ jobId }: ById, context: Context) => {
    const job = context.state.job(jobId);
    refuseUnlessWaiting(job, "cancelled");
    job.state = "CANCELLED";
    touch(job, context);
    if (job.upload) void context.objects.deleteObjects([job.upload.key]);
  },

  /** A revision export names its revisions within its destinations, and is listed under its data set alone. */
  ListJobs: ({ dataSetId, revisionId, ...input }: ListJobs, { state, clock }: Context) => {
    const about = revisionId ?? dataSetId;
    const shelf = about === undefined ? state.jobs : state.jobsAbout.of(about);
    const { items, nextToken } = pageOf(shelf, `jobs of ${about ?? "all"}`, input);
    // Newest come first, so behind the first that has vanished there are none left.
    const now = clock.now();
    const end = items.findIndex((job) => hasVanished(job, now));
    const jobs = (end === -1 ? items : items.slice(0, end)).filter(
      (job) => dataSetId === undefined || jobDetails(job)["dataSetId"] === dataSetId,
    );
    return { jobs: jobs.map((job) => settled(job, now)), nextToken: end === -1 ? nextToken : undefined };
  },
} satisfies Record<string, Handler>;

const jobDetails = ({ type, details }: Job): Record<string, unknown> =>
  details[jobTypeOf(type).detailsKey] ?? {};

function refuseUnlessWaiting({ id, state }: Job, done: string): void {
  if (state !== "WAITING") {
    throw conflict("JOB", id, `The job ${id} is ${state}; only a job that is WAITING can be ${done}.`);
  }
}

/** What the details name must be there, be the account's to use, and be of a kind that the job can work on. */
function checkResources(type: string, details: Readonly<Record<string, unknown>>, { state }: Context): void {
  const { assetTypes, makes } = jobTypeOf(type);
  const dataSetId = details["dataSetId"] as string;
  const dataSet = makes ? state.ownDataSet(dataSetId) : state.dataSet(dataSetId);
  if (!assetTypes.includes(dataSet.assetType)) {
    throw invalid(
      `A job of type ${type} needs a data set of type ${assetTypes.join(" or ")}; ${dataSet.id} is of type ${dataSet.assetType}.`,
    );
  }
  for (const revisionId of idsIn(details, "revisionId")) {
    if (makes) refuseFinalized(state.revision(dataSet.id, revisionId));
    else state.exportableRevision(dataSet.id, revisionId);
    idsIn(details, "assetId").forEach((assetId) => state.asset(dataSet.id, revisionId, assetId));
  }
}
