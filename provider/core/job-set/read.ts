import type { ServiceJob } from "../../../service-model/job";
import { listJobsInScope } from "../matching-jobs";
import type { JobOwnership } from "../job-ownership";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { isFailure } from "../errors";
import { readJob } from "../read";
import type { Reporter } from "../ports";
import { revisionOf } from "../job-details";
import type { Session } from "../session";
import { retryingService } from "../session";
import type { JobOfSet, JobSetOutputs } from "./state";
import { jobsInState, writeJobSet } from "./state";

interface Dependencies {
  ownership: JobOwnership;
  reporter: Reporter;
  sessionOf: (settings: object) => Promise<Session>;
}

/** Calls at once for jobs that no listing shows. */
const readsAtOnce = 10;

/**
 * The set as the service has it now; jobs that are gone without having done their work are left out. Jobs of one
 * revision are read from one listing.
 */
export async function readJobSet<T extends Readonly<Record<string, unknown>>>(
  state: T,
  surroundings: Dependencies,
): Promise<T & JobSetOutputs> {
  const jobs = jobsInState(state);
  const listed = await listOnce([...jobs.values()], surroundings);
  const { ownership, reporter, sessionOf } = surroundings;
  const readOne = async (job: JobOfSet): Promise<JobOfSet | undefined> => {
    const session = await sessionOf(job.outputs);
    const outputs = await readJob(job.id, job.outputs, { session, ownership, reporter, listed });
    if (outputs) return { ...job, outputs };
    // What a job that is gone came in place of is still there, and so are its assets.
    const [last, ...others] = [...(job.former ?? [])].reverse();
    return last && { ...last, ...(others.length > 0 && { former: others.reverse() }) };
  };
  const read = async ([name, job]: [string, JobOfSet]) => [name, await readOne(job)] as const;
  const isListed = ([, { id }]: [string, JobOfSet]) => listed.has(id);
  const all = [...jobs];
  // Those that are listed take no call each, and share a listing of their assets if they ask for it at one moment.
  const found = new Map([
    ...(await Promise.all(all.filter(isListed).map(read))),
    ...(await mapConcurrently(
      all.filter((one) => !isListed(one)),
      readsAtOnce,
      read,
    )),
  ]);
  const left = all.flatMap(([name]) => {
    const job = found.get(name);
    return job ? [[name, job] as const] : [];
  });
  return { ...state, ...writeJobSet(state, new Map(left)) };
}

/** What the listings of the jobs' revisions show, by the ids of the jobs; nothing where they may not be listed. */
async function listOnce(
  jobs: readonly JobOfSet[],
  { sessionOf, reporter }: Dependencies,
): Promise<Map<string, ServiceJob>> {
  const places = new Map<string, JobOfSet>();
  for (const job of jobs) {
    const revision = revisionOf(job.outputs);
    if (revision) {
      const { region, profile, assumeRole, endpoint } = job.outputs;
      places.set(JSON.stringify([revision, region, profile, assumeRole, endpoint]), job);
    }
  }
  // One job costs no less by a listing.
  if (jobs.length === places.size) return new Map();
  const found = await mapConcurrently([...places.values()], readsAtOnce, async ({ outputs }) => {
    const session = await sessionOf(outputs);
    return listJobsInScope(session, retryingService(session, outputs, reporter), outputs).catch(
      (error: unknown): ServiceJob[] => {
        if (isFailure(error, "accessDenied", "notFound")) return [];
        throw error;
      },
    );
  });
  return new Map(found.flat().map((job) => [job.id, job]));
}
