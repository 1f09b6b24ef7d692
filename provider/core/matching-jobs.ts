/** The jobs of the service that ask for the same as a resource does, as far as the service shows it. */
import { createHash } from "node:crypto";

import type { ServiceJob } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { hasSameTags, visibleText } from "./normalize";
import type { DataExchange, JobRequest } from "./ports";
import { dataSetOf, revisionOf } from "./job-details";
import type { Session } from "./session";
import { secretsAsked } from "./state";
import type { JobContext } from "./job-context";

/** Whether the job asks for the same. The service need not repeat secrets; one that it shows must be equal. */
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

/** Whether the job shows all secrets and tags that are asked for: those that it hides may be others. */
export function showsSecretsAndTags({ jobType, request }: JobContext, job: ServiceJob): boolean {
  const [asked, shown] = [request, job].map(({ details }) => details[jobType.detailsKey] ?? {});
  const { tags = [] } = (request.assetConfiguration ?? {}) as { tags?: unknown[] };
  return (
    secretsAsked(jobType).every((name) => asked![name] === undefined || asked![name] === shown![name]) &&
    (tags.length === 0 || job.assetConfiguration !== undefined)
  );
}

/** What a job was asked for never changes, and a listing is of all jobs, so each is looked into once. */
function digestOfJob({ requestDigests }: Session, jobType: JobType, job: ServiceJob): string {
  const digest = requestDigests.get(job.id) ?? requestDigest(jobType, job);
  requestDigests.set(job.id, digest);
  return digest;
}

const requestDigest = (jobType: JobType, asked: Pick<JobRequest, "details">): string =>
  createHash("sha256").update(visibleText(jobType, asked)).digest("base64");

export const oldestFirst = (jobs: readonly ServiceJob[]): ServiceJob[] =>
  [...jobs].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1));

/** Every job of the service, newest first, about the same revision or, where a job has none, the same data set. */
export function listJobsInScope(
  session: Session,
  service: DataExchange,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob[]> {
  const scope = revisionOf(request) ?? { dataSetId: dataSetOf(request) };
  return session.jobLists.get(JSON.stringify(scope), async () => {
    // Pages may shift while they are read, and show a job twice.
    const all = new Map<string, ServiceJob>();
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ ...scope, nextToken });
      for (const job of page.items) all.set(job.id, job);
      session.watcher.observe(page.items);
      nextToken = page.nextToken;
      if (!nextToken) return [...all.values()];
    }
  });
}
