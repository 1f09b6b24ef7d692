/**
 * Exactly one job for one piece of work, although the API has no idempotency token. What makes it possible: a job has
 * no effect before StartJob, and CancelJob works only before StartJob. So whoever finds two jobs for the same work
 * cancels one of them, and whichever of StartJob and CancelJob comes first decides.
 */
import type { ServiceJob } from "../../model/job";
import { isUnfinished } from "../../model/job";
import { describeTakeover } from "../errors/sentences";
import type { ServiceError } from "../errors/service-error";
import { isFailure } from "../errors/service-error";
import { waitForRoom } from "../queue/room";
import { backoffDelay } from "../retry/backoff";
import type { Work } from "../work";
import { visibleWorkText } from "../work";
import { canStillStart, chooseCompleted, chooseTwin, oldestFirst } from "./choose";
import type { Freshness } from "./twins";
import { listTwins } from "./twins";

/** The job that does the work: one that was found, or a new one. It may have started, or even ended, already. */
export function obtainJob(work: Work): Promise<ServiceJob> {
  // Two resources that ask for the same work must not take each other's new job for one that was left behind.
  return work.claims.oneByOne(visibleWorkText(work), async () => {
    work.reporter.status("looking for a job that does this already");
    const none = work.inputs.adopt === "none";
    // Whoever wants none of the jobs that there are must know all of them.
    let { jobs: before, found } = await look(work, none ? "fresh" : "recent");
    // One that had not ended just before may have failed since, or been cancelled.
    if (found && isUnfinished(found.state)) ({ jobs: before, found } = await look(work, "fresh"));
    if (found && found.state !== "WAITING") return takeOver(work, found);
    // One that waits has not been decided about: it may be another's, who still puts its body and then starts it.
    const decided = (before ?? []).filter(({ state }) => none || !isUnfinished(state));
    const old = new Set(decided.map(({ id }) => id));
    const mine = found ? takeOver(work, found) : await createJob(work, old);
    work.claims.keep(mine.id);
    return before ? settle(work, mine, old) : mine;
  });
}

/** Which jobs there are for the same work, and which of them makes a new one unnecessary. */
async function look(work: Work, freshness: Freshness): Promise<{ jobs?: ServiceJob[]; found?: ServiceJob }> {
  const jobs = await listIfAllowed(work, freshness);
  return { jobs, found: await chooseTwin(work, jobs ?? []) };
}

/** Whoever expected a run is to know that there is none, or that it is another's. */
function takeOver({ claims, reporter }: Work, job: ServiceJob): ServiceJob {
  claims.keep(job.id);
  reporter.note(describeTakeover(job));
  return job;
}

/** Nothing only where the program takes it upon itself: it adopts no job, and may not list any. */
async function listIfAllowed(work: Work, freshness?: Freshness): Promise<ServiceJob[] | undefined> {
  try {
    return await listTwins(work, freshness);
  } catch (error) {
    // Denied may be the role that makes the call, too; then there is nothing to go on without.
    if (!isFailure(error, "accessDenied") || error.facts.action !== "dataexchange:ListJobs") throw error;
    if (work.inputs.adopt !== "none") throw new UnseenJobsError(error);
    work.reporter.warn(
      "ListJobs is denied, so a job that an interrupted run left behind cannot be found again and may run twice. " +
        "Allow dataexchange:ListJobs to the identity that runs Pulumi.",
    );
    return undefined;
  }
}

/** Whoever cannot see which jobs there are cannot know whether the work has been done. */
class UnseenJobsError extends Error {
  constructor({ facts }: ServiceError) {
    super(
      `ListJobs failed with ${facts.name}, so a job that an interrupted run may have left behind cannot be seen, and ` +
        "another could do its work twice. Allow dataexchange:ListJobs to the identity that runs Pulumi and run " +
        '`pulumi up` again, or set adopt: "none" to make a new job without looking',
    );
  }
}

/** Calls CreateJob; after a call that may or may not have been taken, looks for what it made before calling again. */
async function createJob(work: Work, old: ReadonlySet<string>): Promise<ServiceJob> {
  const { service, clock, timeouts, request, reporter, claims, assertWanted } = work;
  const giveUpAt = clock.now() + timeouts.request;
  for (let attempt = 0; ; attempt++) {
    await assertWanted();
    reporter.status("creating the job");
    try {
      return await waitForRoom(work, () => service.createJob(request));
    } catch (error) {
      const delay = backoffDelay(attempt);
      if (!isFailure(error, "unavailable") || clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
      const twins = (await listIfAllowed(work)) ?? [];
      const made = twins.find(
        (job) =>
          job.state === "WAITING" && !old.has(job.id) && !claims.isKnown(job.id) && canStillStart(work, job),
      );
      if (made) return made;
    }
  }
}

/** Makes sure that no other process has made, or is about to start, a job for the same work. */
async function settle(work: Work, mine: ServiceJob, old: ReadonlySet<string>): Promise<ServiceJob> {
  for (;;) {
    const rivals = (await listTwins(work)).filter(
      ({ id }) => id !== mine.id && !old.has(id) && !work.claims.isKnown(id),
    );
    const ahead = await findAhead(work, rivals);
    if (ahead) return (await cancelled(work, mine)) ? takeOver(work, ahead) : mine;

    const waiting = rivals.filter(({ state }) => state === "WAITING");
    const [first] = oldestFirst([mine, ...waiting.filter((job) => canStillStart(work, job))]);
    if (first !== mine) return (await cancelled(work, mine)) ? takeOver(work, first!) : mine;

    const outcomes = await Promise.all(waiting.map((job) => cancelled(work, job)));
    if (outcomes.every(Boolean)) return mine;
  }
}

/** A rival that has started already, or has even done the work. */
async function findAhead(work: Work, rivals: readonly ServiceJob[]): Promise<ServiceJob | undefined> {
  return (
    rivals.find(({ state }) => state === "IN_PROGRESS") ?? (await chooseCompleted(work, oldestFirst(rivals)))
  );
}

/** Whether the job can no longer have any effect; false when it has started. */
async function cancelled({ service }: Work, job: ServiceJob): Promise<boolean> {
  try {
    await service.cancelJob(job.id);
    return true;
  } catch (error) {
    if (isFailure(error, "notFound")) return true;
    if (!isFailure(error, "conflict")) throw error;
    return (await service.getJob(job.id)).state === "CANCELLED";
  }
}
