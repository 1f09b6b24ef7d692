import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import type { ServiceJob } from "../../service-model/job";
import { isFailed } from "../../service-model/job";
import { areListed, assetsCertainlyCreatedBy, deleteAssets, deleteLeftoversInState } from "./delete-assets";
import { needsResume } from "./diff";
import { failureError, nameJob } from "./error-messages";
import { isFailure, withFallback } from "./errors";
import { revisionOf } from "./job-details";
import type { JobOwnership } from "./job-ownership";
import type { DataExchange, JobRecords, Reporter } from "./ports";
import type { Session } from "./session";
import { retryingService } from "./session";
import type { JobOutputs } from "./state";
import { toServiceJob } from "./state";

interface Dependencies {
  session: Session;
  ownership: JobOwnership;
  records: Pick<JobRecords, "recordDeletion" | "remove" | "removeDeletion">;
  reporter: Reporter;
  /** Key of the resource. States of early versions have no URN, and so no key. */
  resource?: string;
}

/** The API cannot delete a job. A job that has not started is cancelled, and assets are deleted with `onDelete: "deleteAssets"`. */
export async function deleteJob(
  id: string,
  olds: JobOutputs,
  { session, ownership, records, reporter, resource }: Dependencies,
): Promise<void> {
  const claimant = ownership.claimant(id);
  if (claimant !== undefined) {
    // If Pulumi calls no diff, as with `--replace`, the replacement may be the same job.
    if (claimant === resource && !needsResume(olds))
      await reportUnreplaced({ id, type: olds.type }, resource, { ownership, records, reporter });
    return;
  }
  const service = retryingService(session, olds, reporter);
  const dependencies = { session, service, ownership, reporter };
  const name = nameJob({ id, type: olds.type });
  try {
    // A job of this run has replaced the failed one, and has created all of its assets again.
    if (isFailed(olds.state) && ownership.hasEndedJob(resource)) {
      await deleteLeftoversInState(dependencies, { id, outputs: olds });
    }
    const ended = needsResume(olds)
      ? await stopJob(service, id, name, reporter)
      : // Not all of its assets are in state.
        olds.__incomplete && toServiceJob({ id, outputs: olds });
    if (olds.onDelete !== "deleteAssets") return;
    const revision = revisionOf(olds);
    if (!revision) return;
    if (olds.__shared) {
      return reporter.warn({
        code: "shared-assets-kept",
        text: `${name} was created by another process for the same work. Its assets are kept, because only that process deletes them.`,
      });
    }
    const created = [
      ...olds.assets,
      ...(ended ? await assetsCertainlyCreatedBy(dependencies, ended, revision) : []),
    ];
    const ids = [...new Set([...created.map((asset) => asset.id), ...(olds.__unlisted ?? [])])];
    // If the run is interrupted now, the state still names the assets, and the record shows the next run that they may be
    // missing. If no record can be written, they are deleted without one.
    const recordDeletion = () => records.recordDeletion(id).catch(() => undefined);
    await deleteAssets(dependencies, revision, ids, name, recordDeletion).catch(async (error: unknown) => {
      // Without the permission to delete, nothing is missing and nothing must run again.
      const isDenied = isFailure(error, "accessDenied");
      if (isDenied && (await areListed(dependencies, revision, ids))) {
        await records.removeDeletion(id).catch(() => undefined);
      }
      throw error;
    });
  } catch (error) {
    throw failureError(error, name, olds);
  }
}

/**
 * Only now is it known that the job which the resource took over from its record is the one that was to be replaced. The next
 * run replaces it.
 */
async function reportUnreplaced(
  job: { id: string; type: string },
  resource: string,
  { ownership, records, reporter }: Pick<Dependencies, "ownership" | "records" | "reporter">,
): Promise<void> {
  await records.recordDeletion(job.id).catch(() => undefined);
  await records.remove(resource, job.id).catch(() => undefined);
  const message: Message = {
    code: "job-not-replaced",
    text:
      `${nameJob(job)} was to be replaced, but no new job has run. The record of the job, which an interrupted run left, looked ` +
      "like that of a job that is not in state yet. Run `pulumi up` again; it runs a new job.",
  };
  if (ownership.hasEndedJob(resource)) throw new CodedError(message);
  // An earlier run took it over, and was interrupted before this.
  reporter.warn(message);
}

/** Cancels a job that has not started. Returns the job if it has ended meanwhile. */
async function stopJob(
  service: DataExchange,
  id: string,
  name: string,
  reporter: Reporter,
): Promise<ServiceJob | undefined> {
  try {
    await service.cancelJob(id);
    return undefined;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    if (!isFailure(error, "conflict")) throw error;
  }
  const job = await withFallback(service.getJob(id), undefined, "notFound");
  if (job?.state !== "IN_PROGRESS") return job;
  reporter.warn({
    code: "running-job-not-stopped",
    text: `${name} is still running. The service cannot stop it. It is only removed from the stack.`,
  });
  return undefined;
}
