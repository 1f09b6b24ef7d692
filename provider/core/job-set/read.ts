import type { ServiceJob } from "../../model/job";
import { listJobsBeside } from "../adopt/matching-jobs";
import type { Claims } from "../adopt/claims";
import { concurrently } from "../concurrently";
import { isFailure } from "../errors/service-error";
import { readJob } from "../lifecycle/read";
import type { Reporter } from "../ports";
import { revisionOf } from "../scope";
import type { Session } from "../session";
import { patientService } from "../session";
import type { JobOfSet, JobSetOutputs } from "./state";
import { jobsInState, writeJobSet } from "./state";

interface Surroundings {
  claims: Claims;
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
  surroundings: Surroundings,
): Promise<T & JobSetOutputs> {
  const jobs = jobsInState(state);
  const listed = await listOnce([...jobs.values()], surroundings);
  const entries = await concurrently([...jobs], Math.max(readsAtOnce, listed.size), async ([name, job]) => {
    const session = await surroundings.sessionOf(job.outputs);
    const { claims, reporter } = surroundings;
    const found = await readJob(job.id, job.outputs, { session, claims, reporter, listed });
    return [name, found && { ...job, outputs: found }] as const;
  });
  const found = new Map(entries.flatMap(([name, job]) => (job ? [[name, job]] : [])));
  return { ...state, ...writeJobSet(state, found) };
}

/** What the listings of the jobs' revisions show, by the ids of the jobs; nothing where they may not be listed. */
async function listOnce(
  jobs: readonly JobOfSet[],
  { sessionOf, reporter }: Surroundings,
): Promise<Map<string, ServiceJob>> {
  const places = new Map<string, JobOfSet>();
  for (const job of jobs) {
    const revision = revisionOf(job.outputs);
    if (revision) places.set(JSON.stringify([revision, job.outputs.region]), job);
  }
  // One job costs no less by a listing.
  if (jobs.length === places.size) return new Map();
  const found = await concurrently([...places.values()], readsAtOnce, async ({ outputs }) => {
    const session = await sessionOf(outputs);
    return listJobsBeside(session, patientService(session, outputs, reporter), outputs).catch(
      (error: unknown): ServiceJob[] => {
        if (isFailure(error, "accessDenied", "notFound")) return [];
        throw error;
      },
    );
  });
  return new Map(found.flat().map((job) => [job.id, job]));
}
