import type { JobOwnership } from "./job-ownership";
import type { ServiceJob } from "../../service-model/job";
import { isFailed } from "../../service-model/job";
import { assetsCertainlyMadeBy, deleteAssets, deleteLeftoversInState } from "./delete-assets";
import { describeFailure, nameJob } from "./error-messages";
import { isFailure } from "./errors";
import { needsResume } from "./diff";
import type { DataExchange, Reporter } from "./ports";
import { revisionOf } from "./job-details";
import type { Session } from "./session";
import { retryingService } from "./session";
import type { JobOutputs } from "./state";
import { toServiceJob } from "./state";

interface Dependencies {
  session: Session;
  ownership: JobOwnership;
  reporter: Reporter;
  /** URN of the resource; states of old do not have it. */
  /** Key of the resource. */
  resource?: string;
}

/** The API deletes no job. What can be taken back is a job that has not started and, if asked for, its assets. */
export async function deleteJob(
  id: string,
  olds: JobOutputs,
  { session, ownership, reporter, resource }: Dependencies,
): Promise<void> {
  // Where the engine asks for no diff, as with `--replace`, the job that comes in its place may be the same one.
  if (ownership.isClaimed(id)) return;
  const service = retryingService(session, olds, reporter);
  const job = nameJob({ id, type: olds.type });
  try {
    // A job of this run has come in the place of one that failed, and has made all of its assets again.
    if (isFailed(olds.state) && ownership.hasMade(resource)) {
      await deleteLeftoversInState({ session, service, ownership, reporter }, { id, outputs: olds });
    }
    const ended = needsResume(olds)
      ? await stopJob(service, id, job, reporter)
      : // Not all of its assets are in state.
        olds.__incomplete && toServiceJob({ id, outputs: olds });
    if (olds.onDelete !== "deleteAssets") return;
    const revision = revisionOf(olds);
    if (!revision) return;
    if (olds.__shared) {
      return reporter.warn(
        `${job} was made by another process for the same work. Its assets stay, because only that process deletes them.`,
      );
    }
    const work = { session, service, ownership, reporter };
    const made = [...olds.assets, ...(ended ? await assetsCertainlyMadeBy(work, ended, revision) : [])];
    const ids = [...new Set([...made.map((asset) => asset.id), ...(olds.__unlisted ?? [])])];
    await deleteAssets(work, revision, ids, job);
  } catch (error) {
    throw new Error(describeFailure(error, job), { cause: error });
  }
}

/** Cancels a job that has not started, and answers one that has ended meanwhile. */
async function stopJob(
  service: DataExchange,
  id: string,
  job: string,
  reporter: Reporter,
): Promise<ServiceJob | undefined> {
  try {
    await service.cancelJob(id);
    return undefined;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    if (!isFailure(error, "conflict")) throw error;
  }
  const now = await service.getJob(id).catch((error: unknown) => {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  });
  if (now?.state !== "IN_PROGRESS") return now;
  reporter.warn(
    `${job} is still running at the service, which can no longer be stopped; it is removed from the stack alone.`,
  );
  return undefined;
}
