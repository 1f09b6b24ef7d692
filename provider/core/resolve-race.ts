/** Leaves one job where two processes make one for the same work at the same time, before either has an effect. */
import type { ServiceJob } from "../../service-model/job";
import { isFailed } from "../../service-model/job";
import { formatDuration } from "../../lib/duration";
import { describeLookalike, describeTakeover } from "./error-messages";
import type { ServiceError } from "./errors";
import { isFailure } from "./errors";
import { cancelIfWaiting, isCancelled } from "./find-job";
import type { ObtainedJob, JobContext } from "./job-context";
import { isMatching, listJobsInScope, oldestFirst, showsSecretsAndTags } from "./matching-jobs";

interface OwnJob {
  readonly job: ServiceJob;
  /** When CreateJob was sent; milliseconds of this machine's clock. */
  readonly sentAt: number;
  /** A CreateJob of this resource may have made another job, which then waits. */
  readonly mayHaveMade: boolean;
}

/** Milliseconds between two listings while ListJobs does not show the own job yet. */
const lagPause = { first: 250, most: 2_000 };

/**
 * The job to start: the own one, or a rival's in its place. ListJobs may lag CreateJob, so listings are repeated until
 * one shows the own job; then it shows those that were made before, too.
 */
export async function resolveRace(work: JobContext, own: OwnJob): Promise<ObtainedJob> {
  const { clock, timeouts, reporter } = work;
  const mine = own.job;
  const giveUpAt = clock.now() + timeouts.request;
  /** Rivals that another call has shown to have gone on; a listing may still show them as they were. */
  const goneOn = new Map<string, ServiceJob>();
  for (let pause = lagPause.first; ; pause = Math.min(lagPause.most, 2 * pause)) {
    const listed = await listIfAllowed(work);
    if (!listed) return { job: mine };
    const jobs = listed.map((job) => goneOn.get(job.id) ?? job);
    if (!jobs.some(({ id }) => id === mine.id)) {
      if (clock.now() + pause > giveUpAt) throw new NotListedError(work, mine);
      reporter.status("waiting until ListJobs shows the job");
      await clock.sleep(pause);
      continue;
    }
    const rivals = await rivalsAmong(work, own, jobs);
    const ahead = rivals.find((job) => isAhead(work, own, job));
    if (ahead) return (await isCancelled(work, mine)) ? takeOver(work, own, ahead) : { job: mine };

    const waiting = rivals.filter(({ state }) => state === "WAITING");
    const [first] = oldestFirst([mine, ...waiting.filter((job) => canStillStart(work, own, job))]);
    if (first && first.id !== mine.id) {
      if (!(await isCancelled(work, mine))) return { job: mine };
      // Nothing that waits is left for a later run, which would take it for another process's.
      for (const job of waiting) if (job.id !== first.id) await isCancelled(work, job);
      return takeOver(work, own, first);
    }

    const after = await Promise.all(waiting.map((job) => cancelIfWaiting(work, job)));
    const stillThere = after.filter(({ state }) => state !== "CANCELLED");
    if (stillThere.length === 0) {
      noteLookalike(work, rivals);
      return { job: mine };
    }
    for (const job of stillThere) if (job.state !== "WAITING") goneOn.set(job.id, job);
    if (clock.now() + pause > giveUpAt) throw new UnsettledError(work, mine, stillThere[0]!);
    await clock.sleep(pause);
  }
}

/** Jobs for the same work that neither this run nor another resource's record on this machine knows. */
async function rivalsAmong(
  work: JobContext,
  own: OwnJob,
  jobs: readonly ServiceJob[],
): Promise<ServiceJob[]> {
  const rivals: ServiceJob[] = [];
  for (const job of jobs) {
    if (job.id === own.job.id || isFailed(job.state) || work.ownership.isOwned(job.id)) continue;
    if (!isMatching(work, job)) continue;
    if (work.inputs.adopt === "none" && !isYounger(work, own, job)) continue;
    const key = await work.records.keyOf(job.id);
    if (key === undefined || key === work.recordKey) rivals.push(job);
  }
  return rivals;
}

/** Whether a rival has started already, and certainly did, or does, what is asked for. */
const isAhead = (work: JobContext, own: OwnJob, job: ServiceJob): boolean =>
  job.state !== "WAITING" && showsSecretsAndTags(work, job) && isYounger(work, own, job);

/**
 * Whether a job was made no earlier than this resource was asked for, so that it reads what is there now. Which content
 * an older one has read, the service does not say. Both moments are the service's, and how long ago this resource was
 * asked for is measured on this machine alone, so the two clocks may differ.
 */
const isYounger = ({ askedAt }: JobContext, { job: mine, sentAt }: OwnJob, job: ServiceJob): boolean =>
  Date.parse(job.createdAt) >= Date.parse(mine.createdAt) - (sentAt - askedAt);

/** A job that waits for a body needs a live URL. Its age is measured from the moment at which the own job was made. */
function canStillStart(work: JobContext, { job: mine, sentAt }: OwnJob, job: ServiceJob): boolean {
  const { upload, detailsKey } = work.jobType;
  if (!upload) return true;
  const { [upload.url]: url, [upload.expiresAt]: expiresAt } = job.details[detailsKey] ?? {};
  const now = Date.parse(mine.createdAt) + work.clock.now() - sentAt;
  return typeof url === "string" && Date.parse(String(expiresAt)) > now;
}

function takeOver(work: JobContext, { mayHaveMade }: OwnJob, job: ServiceJob): ObtainedJob {
  if (mayHaveMade && job.state === "WAITING") return { job };
  work.reporter.note(describeTakeover(job));
  return { job, shared: true };
}

/** Says once that other jobs asked for the same. After a replacement they are most likely this resource's own. */
function noteLookalike(
  { ownership, resource, jobType, reporter }: JobContext,
  rivals: readonly ServiceJob[],
): void {
  if (!jobType.createsAssets || ownership.replacedJob(resource)) return;
  const newest = oldestFirst(rivals.filter(({ state }) => state !== "WAITING")).at(-1);
  if (newest) reporter.note(describeLookalike(newest));
}

/** Nothing only where the program takes it upon itself by `adopt: "none"`, and may not list any. */
async function listIfAllowed(work: JobContext): Promise<ServiceJob[] | undefined> {
  try {
    return await listJobsInScope(work.session, work.service, work.request);
  } catch (error) {
    // Denied may be the role that makes the call, too; then there is nothing to go on without.
    if (!isFailure(error, "accessDenied") || error.facts.action !== "dataexchange:ListJobs") throw error;
    if (work.inputs.adopt !== "none") throw new CannotListJobsError(error);
    work.reporter.warn(
      "ListJobs is denied, so a job that another process makes for the same work at the same time cannot be seen, " +
        "and the work may be done twice. Allow dataexchange:ListJobs to the identity that runs Pulumi.",
    );
    return undefined;
  }
}

class CannotListJobsError extends Error {
  constructor({ facts }: ServiceError) {
    super(
      `ListJobs failed with ${facts.name}: ${facts.message.replace(/\.?$/, ".")} A job that another process makes for the ` +
        "same work at the same time can therefore not be seen, and the work could be done twice. Allow dataexchange:ListJobs to the " +
        'identity that runs Pulumi and run `pulumi up` again, or set adopt: "none" to go on without it',
    );
  }
}

class NotListedError extends Error {
  constructor({ timeouts }: JobContext, { id }: ServiceJob) {
    super(
      `ListJobs has not shown job ${id} within ${formatDuration(timeouts.request)} (timeouts.request), so another ` +
        "process's job for the same work could not be seen either. The job was not started; run `pulumi up` again",
    );
  }
}

class UnsettledError extends Error {
  constructor({ timeouts }: JobContext, { id }: ServiceJob, rival: ServiceJob) {
    super(
      `job ${rival.id} asks for the same, GetJob shows it as ${rival.state}, and CancelJob refuses to cancel it, for ` +
        `${formatDuration(timeouts.request)} (timeouts.request). Job ${id} was not started; run \`pulumi up\` again`,
    );
  }
}
