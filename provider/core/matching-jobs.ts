/** Jobs of the service with the same request as a resource, as far as the service shows it, and rivals among them. */
import { createHash } from "node:crypto";

import { CodedError } from "../../lib/message-code";
import type { ServiceJob } from "../../service-model/job";
import { isFailed } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { isFailure } from "./errors";
import type { JobContext } from "./job-context";
import type { RaceFacts, Rival } from "./job-decisions";
import { dataSetOf, hasSameTags, revisionOf, requestedSecrets, visibleText } from "./job-details";
import type { DataExchange, JobRequest } from "./ports";
import { listAll } from "./ports";
import type { Session } from "./session";

/** Whether the job has the same request. The service need not repeat secrets; one that it shows must be equal. */
function isMatching({ session, jobType, request }: JobContext, job: ServiceJob): boolean {
  return (
    job.type === jobType.type &&
    digestOfJob(session, jobType, job) === requestDigest(jobType, request) &&
    hasSameTags(job, request) &&
    requestedSecrets(jobType).every((name) => {
      const [requested, shown] = [request, job].map(({ details }) => details[jobType.detailsKey]?.[name]);
      return shown === undefined || requested === shown;
    })
  );
}

/** Whether the job shows all secrets and tags of the request. Those that it hides may differ. */
function showsSecretsAndTags({ jobType, request }: JobContext, job: ServiceJob): boolean {
  const [requested, shown] = [request, job].map(({ details }) => details[jobType.detailsKey] ?? {});
  const { tags = [] } = (request.assetConfiguration ?? {}) as { tags?: unknown[] };
  return (
    requestedSecrets(jobType).every(
      (name) => requested![name] === undefined || requested![name] === shown![name],
    ) &&
    (tags.length === 0 || job.assetConfiguration !== undefined)
  );
}

/** A job's request never changes, and listings repeat jobs, so each digest is computed once. */
function digestOfJob({ requestDigests }: Session, jobType: JobType, job: ServiceJob): string {
  const digest = requestDigests.get(job.id) ?? requestDigest(jobType, job);
  requestDigests.set(job.id, digest);
  return digest;
}

const requestDigest = (jobType: JobType, requested: Pick<JobRequest, "details">): string =>
  createHash("sha256").update(visibleText(jobType, requested)).digest("base64");

/** Jobs of the same revision, or of the same data set if the request has no single revision; newest first. */
export function listJobsInScope(
  session: Session,
  service: DataExchange,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob[]> {
  const scope = revisionOf(request) ?? { dataSetId: dataSetOf(request) };
  const load = async (unneeded: AbortSignal) => {
    const jobs = await listAll((nextToken) => service.listJobs({ ...scope, nextToken }, unneeded));
    session.watcher.observe(jobs);
    return jobs;
  };
  return session.jobLists.get(JSON.stringify(scope), load, session.signal);
}

/** The job of this run, before it is started. */
export interface OurJob {
  readonly job: ServiceJob;
  /** When CreateJob was sent; milliseconds of this machine's clock. Absent if an interrupted run sent it. */
  readonly sentAt?: number;
  /** Another CreateJob of this resource got no answer, and may have created a job that waits. */
  readonly unanswered: boolean;
}

/** Jobs for the same work that neither this run nor another resource's record on this machine owns. */
export async function gatherRivals(
  context: JobContext,
  ours: OurJob,
  started: ReadonlyMap<string, ServiceJob>,
): Promise<RaceFacts> {
  const { ownership, inputs, records, recordKey } = context;
  const listed = await listIfAllowed(context);
  if (!listed) return { ours: ours.job, listing: "denied", rivals: [] };
  // ListJobs can lag CreateJob. Once it shows our job, it also shows the jobs that were created before.
  if (!listed.some(({ id }) => id === ours.job.id)) return { ours: ours.job, listing: "lagging", rivals: [] };
  const rivals: Rival[] = [];
  for (const shown of listed) {
    const job = started.get(shown.id) ?? shown;
    if (job.id === ours.job.id || isFailed(job.state) || ownership.isOwned(job.id)) continue;
    if (!isMatching(context, job)) continue;
    const isNewer = isNewerThanRequest(context, ours, job);
    if (inputs.adopt === "none" && !isNewer) continue;
    const key = await records.findKey(job.id);
    if (key !== undefined && key !== recordKey) continue;
    rivals.push({
      job,
      isNewer,
      isEqual: showsSecretsAndTags(context, job),
      canStart: canStart(context, ours, job),
    });
  }
  return { ours: ours.job, listing: "complete", rivals };
}

/** Undefined only if ListJobs is denied and `adopt: "none"` accepts that. */
async function listIfAllowed({ session, service, request, inputs, reporter }: JobContext) {
  try {
    return await listJobsInScope(session, service, request);
  } catch (error) {
    // AccessDenied can also mean that the role cannot be assumed. Only a denied ListJobs may be ignored.
    if (!isFailure(error, "accessDenied") || error.facts.action !== "dataexchange:ListJobs") throw error;
    const risk =
      "A job that another process creates for the same work at the same time cannot be found, and the work may be done " +
      "twice. Allow dataexchange:ListJobs to the identity that runs Pulumi";
    if (inputs.adopt !== "none") {
      const { name, message } = error.facts;
      throw new CodedError({
        code: "list-jobs-denied",
        text: `ListJobs failed with ${name}: ${message.replace(/\.?$/, ".")} ${risk} and run \`pulumi up\` again, or set adopt: "none".`,
      });
    }
    reporter.warn({ code: "list-jobs-denied", text: `ListJobs is denied. ${risk}.` });
    return undefined;
  }
}

/**
 * Whether a job was created after the engine requested this resource's job, so that it reads the present content. Both
 * creation times are the service's, and the time from the request to CreateJob is measured on this machine, so the two
 * clocks may differ. It is unknown for a job of an interrupted run.
 */
const isNewerThanRequest = ({ askedAt }: JobContext, { job: ours, sentAt }: OurJob, job: ServiceJob) =>
  sentAt !== undefined && Date.parse(job.createdAt) >= Date.parse(ours.createdAt) - (sentAt - askedAt);

/** A job that waits for a body needs a valid URL. Its age is measured from the creation of our job. */
function canStart({ jobType, clock }: JobContext, { job: ours, sentAt }: OurJob, job: ServiceJob): boolean {
  const { upload, detailsKey } = jobType;
  if (!upload) return true;
  if (sentAt === undefined) return false;
  const { [upload.url]: url, [upload.expiresAt]: expiresAt } = job.details[detailsKey] ?? {};
  const now = Date.parse(ours.createdAt) + clock.now() - sentAt;
  return typeof url === "string" && Date.parse(String(expiresAt)) > now;
}
