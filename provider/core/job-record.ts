/** The job that an earlier run of this resource made and no state names, found by the record of this machine. */
import type { ServiceJob } from "../../service-model/job";
import { isFailed, isUnfinished } from "../../service-model/job";
import { collectAssets } from "./job-assets";
import { deleteLeftovers } from "./delete-assets";
import { describeStray, describeTakeover, nameJob } from "./error-messages";
import { isFailure } from "./errors";
import { cancelIfWaiting, findJob, isCancelled } from "./find-job";
import type { FoundRecord } from "./ports";
import type { ObtainedJob, JobContext } from "./job-context";

/** Milliseconds between two looks at what another process does for the same resource. */
const pause = 500;

export interface TakenUp {
  /** The job that stands in for a new one. */
  own?: ObtainedJob;
  /** A CreateJob of an interrupted run got no answer, so a job that it made may wait. */
  mayHaveMade: boolean;
}

/** Takes the place of this resource among the records, and looks for the job that an interrupted run left. */
export async function takeUpRecord(work: JobContext): Promise<TakenUp> {
  const { records, recordKey, digest, clock, timeouts, reporter } = work;
  const giveUpAt = clock.now() + timeouts.queue;
  for (;;) {
    const record = await records.find(recordKey);
    if (!record) {
      if (await records.claim(recordKey, { work: digest })) return { mayHaveMade: false };
      continue;
    }
    const job = await jobOf(work, record);
    const isAtWork = record.active && record.work === digest && !hasStarted(job);
    if (isAtWork && clock.now() < giveUpAt) {
      reporter.status("waiting for another process that makes the same job");
      await clock.sleep(pause);
      continue;
    }
    const own = job && (await resume(work, record, job));
    if (!own) await records.write(recordKey, { work: digest });
    return { own, mayHaveMade: !record.job || record.unanswered === true };
  }
}

/** Whether the job has had an effect, so that nothing but its end is to be waited for. */
const hasStarted = (job: ServiceJob | undefined): boolean =>
  job !== undefined && job.state !== "WAITING" && !isFailed(job.state);

async function jobOf(work: JobContext, { job: id, inError }: FoundRecord): Promise<ServiceJob | undefined> {
  if (id === undefined) return undefined;
  // The engine asks for no diff where an option such as `replacementTrigger` says that the job is to run again.
  if (inError && work.isInState && !hasSeenState(work)) work.ownership.recordFromState(id);
  // A job that a state names is the business of that resource.
  if (work.ownership.isOwned(id)) return undefined;
  try {
    return await findJob(work.session, work.service, id, work.request);
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  }
}

async function resume(
  work: JobContext,
  record: FoundRecord,
  found: ServiceJob,
): Promise<ObtainedJob | undefined> {
  if (isOutdated(work, found)) return undefined;
  const isSame = record.work === work.digest && work.inputs.adopt !== "none";
  // Its upload URL lives for a minute, and nothing tells how much of that is over; or it has started meanwhile.
  const isLate = isSame && found.state === "WAITING" && work.jobType.upload !== undefined;
  const job = isLate ? await cancelIfWaiting(work, found) : found;
  if (isSame && !isAskedForAgain(work, record, job) && (await standsIn(work, job))) {
    work.reporter.note(describeTakeover(job));
    return { job, shared: record.shared };
  }
  // A state that this run does not know may name a job that was returned, and a living process may need its own.
  // One that failed is replaced, whatever names it; and the assets of one that is replaced go, where they are to.
  const { ownership, resource, inputs } = work;
  const goesAnyway =
    isFailed(job.state) || inputs.onDelete === "deleteAssets" || ownership.replacedJob(resource);
  const mayBeInState = record.returned && !goesAnyway;
  if (!mayBeInState && !record.active && !record.shared) await withdraw(work, job);
  return undefined;
}

/**
 * Whether the record is of a time before the state, as one that a pipeline has restored may be: a job that an
 * interrupted run left is younger than the one that the state names.
 */
function isOutdated({ ownership, resource }: JobContext, job: ServiceJob): boolean {
  const inState = ownership.replacedJob(resource)?.outputs.createdAt;
  return inState !== undefined && Date.parse(job.createdAt) <= Date.parse(inState);
}

/**
 * Whether the job is most likely the one in state, and the user wants it replaced: `--replace` and `taint` tell the
 * provider nothing of the state.
 */
const isAskedForAgain = (work: JobContext, record: FoundRecord, job: ServiceJob): boolean =>
  record.inError === true && !hasSeenState(work) && !isUnfinished(job.state);

/** Whether this run knows what the state names, so that a job which it does not know is in none. */
const hasSeenState = ({ hasSeenState: seen, ownership, resource }: JobContext): boolean =>
  seen === true || ownership.replacedJob(resource) !== undefined;

/** Whether the job, which was asked for the same, makes a new one unnecessary. */
async function standsIn(work: JobContext, job: ServiceJob): Promise<boolean> {
  if (isUnfinished(job.state)) return true;
  // An export that has completed simply runs again: it writes the same bytes.
  if (isFailed(job.state) || !work.jobType.createsAssets) return false;
  const { missing } = await collectAssets(work, job);
  return missing === 0;
}

/**
 * From now on a state may name the job. Whether it does, the next run learns from the state. Where the engine is gone,
 * no state will name it, and the record may be the next run's already.
 */
export async function markReturned(
  { records, recordKey, assertEngineAlive }: Pick<JobContext, "records" | "recordKey" | "assertEngineAlive">,
  job: string,
  inError = false,
): Promise<void> {
  try {
    await assertEngineAlive();
    const { active, ...record } = (await records.find(recordKey)) ?? { work: "", active: false };
    if (active || record.job !== job) return;
    await records.write(recordKey, { ...record, returned: true, ...(inError && { inError }) });
  } catch {
    // The job exists and must reach the state, whatever becomes of its record.
  }
}

/** Whether an interrupted replacement of the job in state may have made another job. */
export const isStray = (record: FoundRecord | undefined, inState: string): boolean =>
  record?.job !== undefined && record.job !== inState && !record.active;

/** Takes back what an interrupted replacement began, now that the program asks for the job in state again. */
export async function withdrawStray(
  work: JobContext,
  inState: { id: string; createdAt: string },
): Promise<void> {
  const record = await work.records.find(work.recordKey);
  if (!record?.job || !isStray(record, inState.id)) return;
  const job = await jobOf(work, record);
  const isLater = job !== undefined && Date.parse(job.createdAt) > Date.parse(inState.createdAt);
  if (isLater && !record.shared) {
    work.reporter.note(describeStray(job));
    await withdraw(work, job);
  }
  await work.records.remove(work.recordKey, record.job);
}

/** Takes back what an interrupted run began: this run does something else, or does it again. */
async function withdraw(work: JobContext, job: ServiceJob): Promise<void> {
  if (job.state === "CANCELLED") return;
  if (job.state === "WAITING" && (await isCancelled(work, job))) return;
  const ended = isUnfinished(job.state) ? await endOf(work, job) : job;
  if (!ended) return;
  await waitForListing(work, ended);
  await deleteLeftovers(work, ended);
}

/** Waits until the assets of a job that has ended are listed: what is not listed cannot be taken away. */
async function waitForListing(work: JobContext, job: ServiceJob): Promise<void> {
  try {
    await collectAssets(work, job);
  } catch (error) {
    // `removeLeftovers` says what is denied.
    if (!isFailure(error, "accessDenied")) throw error;
  }
}

async function endOf(work: JobContext, job: ServiceJob): Promise<ServiceJob | undefined> {
  work.reporter.status(`waiting for job ${job.id}, which an interrupted run started, to end`);
  const { run: timeout, request: errorToleranceMs } = work.timeouts;
  const ended = await work.session.watcher.wait(job, { timeout, errorToleranceMs });
  if (!ended) {
    work.reporter.warn(
      `${nameJob(job)}, which an interrupted run of this resource started, is still running. Its assets will be in ` +
        "the revision beside those of the new job; delete them if they are not wanted.",
    );
  }
  return ended;
}
