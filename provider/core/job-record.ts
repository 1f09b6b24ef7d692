/** The record on this machine of the job that a resource creates. It finds a job that no state names yet. */
import type { ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import { deleteLeftovers } from "./delete-assets";
import { describeOwnJob, describeRival, describeInterruptedReplacement, nameJob } from "./error-messages";
import { withFallback } from "./errors";
import { cancelIfWaiting, findJob, isCancelled } from "./find-job";
import { collectAssets } from "./job-assets";
import type { JobContext, ObtainedJob } from "./job-context";
import type { RecordFacts } from "./job-decisions";
import { decideOnRecord } from "./job-decisions";
import type { FoundRecord } from "./ports";

/** Milliseconds between two reads of another process's record. */
const pollMs = 500;

export interface Resumption {
  /** The job of an interrupted run, which makes a new one unnecessary. */
  readonly ours?: ObtainedJob;
  /** An interrupted CreateJob got no answer, so a job that it created may wait. */
  readonly unanswered: boolean;
}

/** Claims the record of this resource, and adopts, withdraws or ignores the job that it names. */
export async function resumeFromRecord(context: JobContext): Promise<Resumption> {
  const { records, recordKey, digest, clock, timeouts, reporter } = context;
  const giveUpAt = clock.now() + timeouts.queue;
  for (;;) {
    const record = await records.find(recordKey);
    if (!record) {
      if (await records.claim(recordKey, { work: digest })) return { unanswered: false };
      continue;
    }
    const facts = await gatherRecordFacts(context, record, clock.now() >= giveUpAt);
    const outcome = await actOnRecord(context, facts);
    if (outcome === "wait") {
      reporter.status("waiting for another process that creates the same job");
      await clock.sleep(pollMs);
      continue;
    }
    if (!outcome) await records.write(recordKey, { work: digest });
    return { ours: outcome, unanswered: !record.job || record.unanswered === true };
  }
}

async function gatherRecordFacts(
  context: JobContext,
  record: FoundRecord,
  isTimedOut: boolean,
): Promise<RecordFacts> {
  const { digest, inputs, jobType, ownership, resource } = context;
  const job = await findRecordedJob(context, record);
  const replaced = ownership.replacedJob(resource)?.outputs;
  return { record, job, digest, inputs, jobType, replaced, isStateRead: isStateRead(context), isTimedOut };
}

async function actOnRecord(
  context: JobContext,
  facts: RecordFacts,
): Promise<ObtainedJob | "wait" | undefined> {
  // A job that another run of this resource creates now is the resource's own, so it is not shared.
  const { active, shared, returned } = facts.record;
  for (let known = facts; ;) {
    const decision = decideOnRecord(known);
    switch (decision.kind) {
      case "wait":
        return "wait";
      case "cancel":
        known = { ...known, job: await cancelIfWaiting(context, decision.job), isCancelTried: true };
        break;
      case "list-assets":
        known = { ...known, missingAssets: (await collectAssets(context, decision.job)).missing };
        break;
      case "adopt":
        context.reporter.note(active ? describeRival(decision.job) : describeOwnJob(decision.job, shared));
        return { job: decision.job, ...(shared && { shared }) };
      case "withdraw":
        // A state that names the job is to know that assets may be missing if no new job replaces it.
        if (returned) await context.records.recordDeletion(decision.job.id).catch(() => undefined);
        await withdraw(context, decision.job);
        return undefined;
      case "create":
        return undefined;
    }
  }
}

/** Whether this run knows which job the state names. */
const isStateRead = ({ priorState, ownership, resource }: JobContext): boolean =>
  priorState === "read" || ownership.replacedJob(resource) !== undefined;

async function findRecordedJob(
  context: JobContext,
  { job: id, inError }: FoundRecord,
): Promise<ServiceJob | undefined> {
  if (id === undefined) return undefined;
  const { ownership, session, service, request, priorState } = context;
  // Pulumi calls no diff if an option such as `replacementTrigger` asks for a replacement.
  if (inError && priorState === "unread" && !isStateRead(context)) ownership.recordFromState(id);
  // A job that a state names belongs to the resource of that state.
  if (ownership.isOwned(id)) return undefined;
  return withFallback(findJob(session, service, id, request), undefined, "notFound");
}

/**
 * Records that a state may name the job from now on. The next run learns from the state whether it does. If the engine
 * has exited, no state will name it, and the record may already belong to the next run.
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
    // The job must reach the state even if its record cannot be written.
  }
}

/** Whether an interrupted replacement of the job in state may have created another job. */
export const isInterruptedReplacement = (record: FoundRecord | undefined, idInState: string): boolean =>
  record?.job !== undefined && record.job !== idInState && !record.active;

/** Withdraws the job of an interrupted replacement, because the program asks for the job in state again. */
export async function withdrawInterruptedReplacement(
  context: JobContext,
  inState: { id: string; createdAt: string },
): Promise<void> {
  const { records, recordKey, reporter } = context;
  const record = await records.find(recordKey);
  if (!record?.job || !isInterruptedReplacement(record, inState.id)) return;
  const job = await findRecordedJob(context, record);
  const isLater = job !== undefined && Date.parse(job.createdAt) > Date.parse(inState.createdAt);
  if (isLater && !record.shared) {
    reporter.note(describeInterruptedReplacement(job));
    await withdraw(context, job);
  }
  await records.remove(recordKey, record.job);
}

/** Cancels the job of an interrupted run, or deletes its assets once it has ended. */
async function withdraw(context: JobContext, job: ServiceJob): Promise<void> {
  if (job.state === "CANCELLED") return;
  if (job.state === "WAITING" && (await isCancelled(context, job))) return;
  const ended = isUnfinished(job.state) ? await waitForInterruptedJob(context, job) : job;
  if (!ended) return;
  // Assets that are not listed yet cannot be deleted. `deleteLeftovers` reports a denied listing.
  await withFallback(collectAssets(context, ended), undefined, "accessDenied");
  await deleteLeftovers(context, { ...ended, __secret: context.inputs.__secret });
}

async function waitForInterruptedJob(
  { reporter, timeouts, session }: JobContext,
  job: ServiceJob,
): Promise<ServiceJob | undefined> {
  reporter.status(`waiting for job ${job.id}, which an interrupted run started, to end`);
  const { run: timeout, request: errorToleranceMs } = timeouts;
  const { watcher, signal } = session;
  const ended = await watcher.wait(job, { timeout, errorToleranceMs, signal });
  if (!ended) {
    reporter.warn({
      code: "interrupted-job-still-running",
      text:
        `${nameJob(job)}, which an interrupted run of this resource started, is still running. Its assets will be in ` +
        "the revision beside those of the new job; delete them if you do not want them.",
    });
  }
  return ended;
}
