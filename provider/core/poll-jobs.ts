/** Calls that show the present states of jobs in flight. */
import type { ServiceJob } from "../../service-model/job";
import { isFailure } from "./errors";
import { dataSetOf } from "./job-details";
import type { DataExchange, JobQuery } from "./ports";
import { pages } from "./ports";

export interface Polled {
  /** Whether any wait for the job is left. A wait can end during a poll. */
  isWatched(id: string): boolean;
  /** Receives the present state of a job, or the error of its GetJob call. */
  update(id: string, job: ServiceJob | Error): void;
  /** Aborted when the last wait was stopped. */
  readonly unneeded: AbortSignal;
}

/** Reads pages of ListJobs, newest first, until every job is found or the rest is older than the oldest. */
export async function pollByList(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  polled: Polled,
): Promise<void> {
  const wanted = new Map(jobs.map((job) => [job.id, job]));
  const oldest = jobs.map((job) => job.createdAt).reduce((a, b) => (a < b ? a : b));
  const dataSets = new Set(jobs.map(dataSetOf));
  const query: JobQuery = dataSets.size === 1 ? { dataSetId: [...dataSets][0] } : {};
  for await (const page of pages((nextToken) => service.listJobs({ ...query, nextToken }, polled.unneeded))) {
    for (const job of page) if (wanted.delete(job.id)) polled.update(job.id, job);
    for (const id of wanted.keys()) if (!polled.isWatched(id)) wanted.delete(id);
    const last = page.at(-1);
    if (wanted.size === 0 || (last && last.createdAt < oldest)) break;
  }
  await pollEach(service, [...wanted.values()], polled);
}

export async function pollEach(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  polled: Polled,
): Promise<void> {
  for (const { id } of jobs)
    if (polled.isWatched(id)) polled.update(id, await pollOne(service, id, polled.unneeded));
}

async function pollOne(
  service: DataExchange,
  id: string,
  unneeded: AbortSignal,
): Promise<ServiceJob | Error> {
  try {
    return await service.getJob(id, unneeded);
  } catch (error) {
    if (isFailure(error, "throttled", "unavailable")) throw error;
    // A permanent error, such as a missing job, does not concern the other jobs.
    return error as Error;
  }
}
