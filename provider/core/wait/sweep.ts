import type { ServiceJob } from "../../model/job";
import { isFailure } from "../errors/service-error";
import type { DataExchange, JobQuery } from "../ports";
import { dataSetOf } from "../scope";

/** The present state of each job; an error where the service no longer knows it. */
export async function lookAt(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  mayList: boolean,
): Promise<Map<string, ServiceJob | Error>> {
  const found = new Map<string, ServiceJob | Error>();
  if (mayList) await sweep(service, jobs, found);
  for (const { id } of jobs) {
    if (!found.has(id)) found.set(id, await lookAtOne(service, id));
  }
  return found;
}

/** Pages through ListJobs, newest first, until every job is found or all that follow are older than the oldest. */
async function sweep(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  found: Map<string, ServiceJob | Error>,
): Promise<void> {
  const wanted = new Set(jobs.map((job) => job.id));
  const oldest = jobs.map((job) => job.createdAt).reduce((a, b) => (a < b ? a : b));
  const dataSets = new Set(jobs.map(dataSetOf));
  const query: JobQuery = dataSets.size === 1 ? { dataSetId: [...dataSets][0] } : {};
  for (let nextToken: string | undefined; ;) {
    const page = await service.listJobs({ ...query, nextToken });
    for (const job of page.items) if (wanted.delete(job.id)) found.set(job.id, job);
    nextToken = page.nextToken;
    const last = page.items.at(-1);
    if (wanted.size === 0 || !nextToken || (last && last.createdAt < oldest)) return;
  }
}

async function lookAtOne(service: DataExchange, id: string): Promise<ServiceJob | Error> {
  try {
    return await service.getJob(id);
  } catch (error) {
    if (isFailure(error, "notFound")) return error;
    throw error;
  }
}
