/** Jobs of the service with the same request as a resource, as far as the service shows it. */
import { createHash } from "node:crypto";

import type { ServiceJob } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import type { JobContext } from "./job-context";
import { dataSetOf, hasSameTags, revisionOf, secretsAsked, visibleText } from "./job-details";
import type { DataExchange, JobRequest } from "./ports";
import { listAll } from "./ports";
import type { Session } from "./session";

/** Whether the job has the same request. The service need not repeat secrets; one that it shows must be equal. */
export function isMatching({ session, jobType, request }: JobContext, job: ServiceJob): boolean {
  return (
    job.type === jobType.type &&
    digestOfJob(session, jobType, job) === requestDigest(jobType, request) &&
    hasSameTags(job, request) &&
    secretsAsked(jobType).every((name) => {
      const [asked, shown] = [request, job].map(({ details }) => details[jobType.detailsKey]?.[name]);
      return shown === undefined || asked === shown;
    })
  );
}

/** Whether the job shows all secrets and tags of the request. Those that it hides may differ. */
export function showsSecretsAndTags({ jobType, request }: JobContext, job: ServiceJob): boolean {
  const [asked, shown] = [request, job].map(({ details }) => details[jobType.detailsKey] ?? {});
  const { tags = [] } = (request.assetConfiguration ?? {}) as { tags?: unknown[] };
  return (
    secretsAsked(jobType).every((name) => asked![name] === undefined || asked![name] === shown![name]) &&
    (tags.length === 0 || job.assetConfiguration !== undefined)
  );
}

/** A job's request never changes, and listings repeat jobs, so each digest is computed once. */
function digestOfJob({ requestDigests }: Session, jobType: JobType, job: ServiceJob): string {
  const digest = requestDigests.get(job.id) ?? requestDigest(jobType, job);
  requestDigests.set(job.id, digest);
  return digest;
}

const requestDigest = (jobType: JobType, asked: Pick<JobRequest, "details">): string =>
  createHash("sha256").update(visibleText(jobType, asked)).digest("base64");

/** Every job of the same revision, newest first, or of the same data set if the request names no revision. */
export function listJobsInScope(
  session: Session,
  service: DataExchange,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob[]> {
  const scope = revisionOf(request) ?? { dataSetId: dataSetOf(request) };
  return session.jobLists.get(JSON.stringify(scope), async () => {
    const jobs = await listAll((nextToken) => service.listJobs({ ...scope, nextToken }));
    session.watcher.observe(jobs);
    return jobs;
  });
}
