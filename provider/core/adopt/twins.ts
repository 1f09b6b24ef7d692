import { createHash } from "node:crypto";

import type { ServiceJob } from "../../model/job";
import type { JobType } from "../../model/job-type";
import { hasSameTags, visibleText } from "../inputs/normal-form";
import type { DataExchange, JobRequest } from "../ports";
import { dataSetOf, revisionOf } from "../scope";
import type { Session } from "../session";
import type { Work } from "../work";

/** How fresh a listing must be: begun now, or just before. */
export type Freshness = "fresh" | "recent";

/** Every job of the service, newest first, that was asked for the same work. */
export async function listTwins(
  { session, service, jobType, request }: Work,
  freshness: Freshness = "fresh",
): Promise<ServiceJob[]> {
  const jobs = await listJobsBeside(session, service, request, freshness);
  const wanted = digestOf(jobType, request);
  return jobs.filter(
    (job) =>
      job.type === jobType.type && workOf(session, jobType, job) === wanted && hasSameTags(job, request),
  );
}

/** What a job was asked for never changes, and a listing is of all jobs, so each is looked into once. */
function workOf({ works }: Session, jobType: JobType, job: ServiceJob): string {
  const work = works.get(job.id) ?? digestOf(jobType, job);
  works.set(job.id, work);
  return work;
}

const digestOf = (jobType: JobType, asked: Pick<JobRequest, "details">): string =>
  createHash("sha256").update(visibleText(jobType, asked)).digest("base64");

/** Every job of the service, newest first, about the same revision or, where a job has none, the same data set. */
export function listJobsBeside(
  session: Session,
  service: DataExchange,
  request: Pick<JobRequest, "type" | "details">,
  freshness: Freshness = "fresh",
): Promise<ServiceJob[]> {
  const scope = revisionOf(request) ?? { dataSetId: dataSetOf(request) };
  const load = async () => {
    const all: ServiceJob[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ ...scope, nextToken });
      all.push(...page.items);
      session.watcher.hear(page.items);
      nextToken = page.nextToken;
      if (!nextToken) return all;
    }
  };
  const key = JSON.stringify(scope);
  return freshness === "fresh" ? session.jobLists.get(key, load) : session.jobLists.recent(key, load);
}
