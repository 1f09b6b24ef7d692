import type { ServiceJob } from "../../service-model/job";
import { isFailure } from "./service-error";
import type { DataExchange, JobQuery } from "./ports";
import { dataSetOf } from "./job-scope";

/** Hears the present state of a job as soon as it is known; an error where the service does not tell it. */
export type Tell = (id: string, job: ServiceJob | Error) => void;

/** Pages through ListJobs, newest first, until every job is found or all that follow are older than the oldest. */
export async function sweep(service: DataExchange, jobs: readonly ServiceJob[], tell: Tell): Promise<void> {
  const wanted = new Map(jobs.map((job) => [job.id, job]));
  const oldest = jobs.map((job) => job.createdAt).reduce((a, b) => (a < b ? a : b));
  const dataSets = new Set(jobs.map(dataSetOf));
  const query: JobQuery = dataSets.size === 1 ? { dataSetId: [...dataSets][0] } : {};
  for (let nextToken: string | undefined; ;) {
    const page = await service.listJobs({ ...query, nextToken });
    for (const job of page.items) if (wanted.delete(job.id)) tell(job.id, job);
    nextToken = page.nextToken;
    const last = page.items.at(-1);
    if (wanted.size === 0 || !nextToken || (last && last.createdAt < oldest)) break;
  }
  await lookAtEach(service, [...wanted.values()], tell);
}

export async function lookAtEach(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  tell: Tell,
): Promise<void> {
  for (const { id } of jobs) tell(id, await lookAtOne(service, id));
}

async function lookAtOne(service: DataExchange, id: string): Promise<ServiceJob | Error> {
  try {
    return await service.getJob(id);
  } catch (error) {
    if (isFailure(error, "throttled", "unavailable")) throw error;
    // What time does not heal, such as a job that is gone, says nothing of the other jobs.
    return error as Error;
  }
}
