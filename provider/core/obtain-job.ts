/**
 * Exactly one job for one resource, although the API has no idempotency token. Two facts make it possible. A record on
 * this machine names the job before StartJob, so the run after a crash finds it. And a job has no effect before
 * StartJob, so of two processes that find each other's jobs one can cancel its own in time.
 */
import type { ServiceJob } from "../../service-model/job";
import { isFailure } from "./errors";
import { uploadBody } from "./run-job";
import { retryWhileQuotaExceeded } from "./concurrency";
import { backoffDelay } from "../../lib/backoff";
import type { JobRecord } from "./ports";
import type { ObtainedJob, JobContext } from "./job-context";
import { visibleRequestText } from "./job-context";
import { takeUpRecord } from "./job-record";
import { resolveRace } from "./resolve-race";

/** Upload URLs that may expire before their upload begins; after so many the network is too slow for them. */
const maxUrls = 3;

/**
 * The job that an interrupted run of this resource left, or a new one that is ready to be started. `cleanUp` runs before
 * a new one is made.
 */
export function obtainJob(work: JobContext, cleanUp: () => Promise<void>): Promise<ObtainedJob> {
  // Two resources that ask for the same must not take each other's new job for a rival's.
  return work.ownership.runExclusive(visibleRequestText(work), async () => {
    const { own, mayHaveMade } = await takeUpRecord(work);
    // A job that an interrupted run left was made after that run had cleaned up; doing it again would delete its assets.
    if (!own) await cleanUp();
    const obtained = own ? await settle(work, own, mayHaveMade) : await makeJob(work, mayHaveMade);
    work.ownership.claim(obtained.job.id);
    return obtained;
  });
}

/** A job that an interrupted run left waiting may have rivals, which that run has not seen. */
async function settle(work: JobContext, own: ObtainedJob, mayHaveMade: boolean): Promise<ObtainedJob> {
  if (own.job.state !== "WAITING" || own.shared) return own;
  const { job } = own;
  return record(work, job, await resolveRace(work, { job, sentAt: work.askedAt, mayHaveMade }));
}

/** Names the job that came out of the race. */
async function record(work: JobContext, mine: ServiceJob, obtained: ObtainedJob): Promise<ObtainedJob> {
  const { job, shared } = obtained;
  if (job.id !== mine.id) await recordJob(work, { job: job.id, shared });
  return obtained;
}

async function makeJob(work: JobContext, mayHaveMade: boolean): Promise<ObtainedJob> {
  for (let attempt = 1; ; attempt++) {
    const { job, sentAt, unanswered } = await createJob(work);
    work.ownership.claim(job.id);
    try {
      const others = mayHaveMade || unanswered;
      await recordJob(work, { job: job.id, unanswered: others });
      await uploadBody(work, job);
      const obtained = await record(work, job, await resolveRace(work, { job, sentAt, mayHaveMade: others }));
      return obtained.job.id === job.id ? { job, uploaded: true } : obtained;
    } catch (error) {
      await withdrawUnstarted(work, job);
      if (!isFailure(error, "expired") || attempt === maxUrls) throw error;
    }
  }
}

/** Where the engine has gone meanwhile, the record may be the next run's already, and the job will not be started. */
async function recordJob(
  { records, recordKey, digest }: JobContext,
  known: Omit<JobRecord, "work">,
): Promise<void> {
  if ((await records.find(recordKey))?.active) return;
  await records.write(recordKey, { work: digest, ...known });
}

/** A job that will not be started has no effect. It is cancelled so that it does not stand among those that wait. */
async function withdrawUnstarted(
  { session, records, recordKey }: JobContext,
  job: ServiceJob,
): Promise<void> {
  await session.service.cancelJob(job.id).catch(() => undefined);
  await records.remove(recordKey, job.id).catch(() => undefined);
}

interface Created {
  job: ServiceJob;
  /** When the call that was answered was sent; milliseconds of this machine's clock. */
  sentAt: number;
  /** Another call got no answer, and may have made a job all the same. */
  unanswered: boolean;
}

/**
 * Calls CreateJob until it answers. A call that failed may have made a job all the same; that job waits, and
 * `resolveRace` leaves one of those that wait.
 */
async function createJob(work: JobContext): Promise<Created> {
  const { service, clock, timeouts, request, reporter, assertEngineAlive } = work;
  const giveUpAt = clock.now() + timeouts.request;
  for (let attempt = 0; ; attempt++) {
    await assertEngineAlive();
    reporter.status("creating the job");
    let sentAt = clock.now();
    try {
      const job = await retryWhileQuotaExceeded(work, () => {
        sentAt = clock.now();
        return service.createJob(request);
      });
      return { job, sentAt, unanswered: attempt > 0 };
    } catch (error) {
      const delay = backoffDelay(attempt);
      const mayHelp = isFailure(error, "unavailable") && error.facts.refusedBy === undefined;
      if (!mayHelp || clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
    }
  }
}
