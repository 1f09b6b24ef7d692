/**
 * Obtains exactly one job for a resource, although the API has no idempotency token. Two facts make it possible. A record
 * on this machine names the job before StartJob, so the run after a crash finds it. And a job has no effect before
 * StartJob, so if two processes find each other's jobs, one can cancel its own in time.
 */
import { unlessAborted } from "../../lib/abort";
import { backoffDelay } from "../../lib/backoff";
import { formatDuration } from "../../lib/duration";
import { CodedError } from "../../lib/message-code";
import type { ServiceJob } from "../../service-model/job";
import { retryWhileQuotaExceeded } from "./concurrency";
import { describeRival, describeSimilarJob } from "./error-messages";
import { isFailure, isUnanswered } from "./errors";
import { cancelIfWaiting, isCancelled } from "./find-job";
import type { JobContext, ObtainedJob } from "./job-context";
import { visibleRequestText } from "./job-context";
import { decideRace } from "./job-decisions";
import { resumeFromRecord } from "./job-record";
import type { OurJob } from "./matching-jobs";
import { gatherRivals } from "./matching-jobs";
import type { JobRecord } from "./ports";
import { uploadBody } from "./run-job";

/** Jobs created for one upload. If more URLs expire before their upload begins, the network is too slow. */
const maxUploadAttempts = 3;

/** Pauses between listings while ListJobs does not show our job; milliseconds. */
const listingPause = { first: 250, max: 2_000 };

/**
 * Returns the job that an interrupted run of this resource left, or a new one that is ready to start. `cleanUp` runs
 * before a new job is created.
 */
export function obtainJob(context: JobContext, cleanUp: () => Promise<void>): Promise<ObtainedJob> {
  const { ownership, resource, session } = context;
  // Two resources with the same request must not mistake each other's new job for a rival's.
  const obtain = async () => {
    const { ours, unanswered } = await resumeFromRecord(context);
    let obtained = ours;
    if (!obtained) {
      // A resumed job was created after its run had cleaned up. Doing it again would delete its assets.
      await cleanUp();
      obtained = await createAndUpload(context, unanswered);
    } else if (obtained.job.state === "WAITING" && !obtained.shared) {
      // The interrupted run may not have seen its rivals.
      obtained = await resolveRace(context, { job: obtained.job, unanswered });
    }
    ownership.claim(obtained.job.id, resource);
    return obtained;
  };
  return ownership.runExclusive(visibleRequestText(context), obtain, session.signal);
}

async function createAndUpload(context: JobContext, unanswered: boolean): Promise<ObtainedJob> {
  for (let attempt = 1; ; attempt++) {
    const ours = await sendCreateJob(context, unanswered);
    const { job } = ours;
    context.ownership.claim(job.id, context.resource);
    try {
      await writeRecord(context, { job: job.id, unanswered: ours.unanswered });
      await uploadBody(context, job);
      const obtained = await resolveRace(context, ours);
      return obtained.job.id === job.id ? { job, uploaded: true } : obtained;
    } catch (error) {
      // As after a crash, the next run finds the waiting job by its record and looks for rivals before it starts the job.
      context.session.signal?.throwIfAborted();
      await withdrawUnstarted(context, job);
      if (!isFailure(error, "expired") || attempt === maxUploadAttempts) throw error;
    }
  }
}

/** Calls CreateJob until it answers. A call without an answer may have created a job, which `resolveRace` cancels. */
async function sendCreateJob(context: JobContext, unanswered: boolean): Promise<OurJob> {
  const { service, clock, timeouts, request, reporter, assertEngineAlive } = context;
  const giveUpAt = clock.now() + timeouts.request;
  for (let attempt = 0; ; attempt++) {
    await assertEngineAlive();
    reporter.status("creating the job");
    let sentAt = clock.now();
    try {
      const job = await retryWhileQuotaExceeded(context, () => {
        sentAt = clock.now();
        return service.createJob(request);
      });
      return { job, sentAt, unanswered: unanswered || attempt > 0 };
    } catch (error) {
      const delay = backoffDelay(attempt);
      if (!isUnanswered(error) || clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
    }
  }
}

/** If the engine has exited meanwhile, the record may belong to the next run, and the job will not be started. */
async function writeRecord(
  { records, recordKey, digest }: JobContext,
  known: Omit<JobRecord, "work">,
): Promise<void> {
  if ((await records.find(recordKey))?.active) return;
  await records.write(recordKey, { work: digest, ...known });
}

/** Cancels a job that will not be started, so that it does not wait at the service. */
async function withdrawUnstarted(
  { session, records, recordKey }: JobContext,
  job: ServiceJob,
): Promise<void> {
  await unlessAborted(
    session.service.cancelJob(job.id).catch(() => undefined),
    session.signal,
  );
  await records.remove(recordKey, job.id).catch(() => undefined);
}

/** Leaves one job where two processes create one for the same work at the same time, before either has an effect. */
async function resolveRace(context: JobContext, ours: OurJob): Promise<ObtainedJob> {
  const { clock, timeouts, reporter } = context;
  const { job } = ours;
  const giveUpAt = clock.now() + timeouts.request;
  /** Rivals that started meanwhile. A listing may still show them waiting. */
  const started = new Map<string, ServiceJob>();
  for (let pause = listingPause.first; ; pause = Math.min(listingPause.max, 2 * pause)) {
    const isTimedOut = () => clock.now() + pause > giveUpAt;
    const decision = decideRace(await gatherRivals(context, ours, started));
    switch (decision.kind) {
      case "list-again":
        if (isTimedOut()) throw notListed(context, job);
        reporter.status("waiting until ListJobs shows the job");
        break;
      case "cancel-ours":
        if (!(await isCancelled(context, job))) return { job };
        for (const other of decision.others) await isCancelled(context, other);
        return adoptWinner(context, ours, decision.winner);
      case "cancel-rivals": {
        const rivals = await Promise.all(decision.rivals.map((rival) => cancelIfWaiting(context, rival)));
        const left = rivals.filter(({ state }) => state !== "CANCELLED");
        if (left.length === 0) return startOurs(context, job, decision.similar);
        for (const rival of left) if (rival.state !== "WAITING") started.set(rival.id, rival);
        if (isTimedOut()) throw rivalNotCancelled(context, job, left[0]!);
        break;
      }
      case "start":
        return startOurs(context, job, decision.similar);
    }
    await clock.sleep(pause);
  }
}

async function adoptWinner(context: JobContext, ours: OurJob, job: ServiceJob): Promise<ObtainedJob> {
  // A waiting job may come from our own CreateJob that got no answer.
  const shared = !(ours.unanswered && job.state === "WAITING");
  if (shared) context.reporter.note(describeRival(job));
  // If another process cancels the winner, our other calls without an answer still matter.
  await writeRecord(context, { job: job.id, unanswered: ours.unanswered, ...(shared && { shared }) });
  return { job, ...(shared && { shared }) };
}

function startOurs(context: JobContext, job: ServiceJob, similar: ServiceJob | undefined): ObtainedJob {
  const { ownership, resource, jobType, reporter } = context;
  // After a replacement, the similar job is most likely this resource's previous one.
  if (similar && jobType.createsAssets && !ownership.replacedJob(resource))
    reporter.note(describeSimilarJob(similar));
  return { job };
}

const notListed = ({ timeouts }: JobContext, { id }: ServiceJob): CodedError =>
  new CodedError({
    code: "job-not-listed",
    text:
      `ListJobs has not shown job ${id} within ${formatDuration(timeouts.request)} (timeouts.request), so it may not show ` +
      "another process's job for the same work either. The job was not started. Run `pulumi up` again.",
  });

const rivalNotCancelled = ({ timeouts }: JobContext, { id }: ServiceJob, rival: ServiceJob): CodedError =>
  new CodedError({
    code: "rival-job-not-cancelled",
    text:
      `Job ${rival.id} has the same inputs. GetJob shows it as ${rival.state}, and CancelJob has refused to cancel it for ` +
      `${formatDuration(timeouts.request)} (timeouts.request). Job ${id} was not started. Run \`pulumi up\` again.`,
  });
