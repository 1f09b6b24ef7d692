import type { ServiceJob } from "../../../service-model/job";
import { listJobsInScope } from "../matching-jobs";
import type { JobOwnership } from "../job-ownership";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { failureError } from "../error-messages";
import { withFallback } from "../errors";
import { readJob } from "../read";
import type { JobRecords, Reporter } from "../ports";
import { revisionOf } from "../job-details";
import type { Session } from "../session";
import { retryingService } from "../session";
import type { JobOfSet, JobSetOutputs } from "./state";
import { jobsInState, writeJobSet } from "./state";

interface Dependencies {
  ownership: JobOwnership;
  records: Pick<JobRecords, "hasDeletion">;
  reporter: Reporter;
  openSession: (settings: object) => Promise<Session>;
}

/** Concurrent calls for jobs that no listing shows. */
const maxParallelReads = 10;

/**
 * The set as the service shows it, without jobs that no longer exist and did not complete. Jobs of one revision are read
 * from one listing.
 */
export async function readJobSet<T extends Readonly<Record<string, unknown>>>(
  state: T,
  dependencies: Dependencies,
): Promise<T & JobSetOutputs> {
  const jobs = jobsInState(state);
  const listed = await listOnce([...jobs.values()], dependencies);
  const { ownership, records, reporter, openSession } = dependencies;
  const readOne = async (job: JobOfSet): Promise<JobOfSet | undefined> => {
    const session = await openSession(job.outputs);
    const outputs = await readJob(job.id, job.outputs, { session, ownership, records, reporter, listed });
    if (outputs) return { ...job, outputs };
    // The job that it replaced still exists, and so do its assets.
    const [last, ...others] = [...(job.former ?? [])].reverse();
    return last && { ...last, ...(others.length > 0 && { former: others.reverse() }) };
  };
  const read = async ([name, job]: [string, JobOfSet]) => [name, await readOne(job)] as const;
  const isListed = ([, { id }]: [string, JobOfSet]) => listed.has(id);
  const all = [...jobs];
  // Listed jobs need no GetJob call, and jobs that are read at the same time share a listing of their assets.
  const found = new Map([
    ...(await Promise.all(all.filter(isListed).map(read))),
    ...(await mapConcurrently(
      all.filter((one) => !isListed(one)),
      maxParallelReads,
      read,
    )),
  ]);
  const left = all.flatMap(([name]) => {
    const job = found.get(name);
    return job ? [[name, job] as const] : [];
  });
  return { ...state, ...writeJobSet(state, new Map(left)) };
}

/** The jobs in the listings of their revisions, by id. Empty if ListJobs is denied. */
async function listOnce(
  jobs: readonly JobOfSet[],
  { openSession, reporter }: Dependencies,
): Promise<Map<string, ServiceJob>> {
  const scopes = new Map<string, JobOfSet>();
  for (const job of jobs) {
    const revision = revisionOf(job.outputs);
    if (revision) {
      const { region, profile, assumeRole, endpoint } = job.outputs;
      scopes.set(JSON.stringify([revision, region, profile, assumeRole, endpoint]), job);
    }
  }
  // For one job, a listing saves nothing.
  if (jobs.length === scopes.size) return new Map();
  const found = await mapConcurrently([...scopes.values()], maxParallelReads, async ({ outputs }) => {
    const session = await openSession(outputs);
    const listing = listJobsInScope(session, retryingService(session, outputs, reporter), outputs);
    return withFallback(listing, [], "accessDenied", "notFound").catch((error: unknown) => {
      throw failureError(error, `The jobs of revision ${revisionOf(outputs)?.revisionId} are not listed`);
    });
  });
  return new Map(found.flat().map((job) => [job.id, job]));
}
