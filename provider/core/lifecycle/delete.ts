import type { Claims } from "../adopt/claims";
import { describeFailure, nameJob } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import type { DataExchange, Reporter, RevisionRef } from "../ports";
import { revisionOf } from "../scope";
import type { Session } from "../session";
import { patientService } from "../session";
import type { JobOutputs } from "../state";

interface Surroundings {
  session: Session;
  claims: Claims;
  reporter: Reporter;
}

/** The API deletes no job. What can be taken back is a job that has not started and, if asked for, its assets. */
export async function deleteJob(
  id: string,
  olds: JobOutputs,
  { session, claims, reporter }: Surroundings,
): Promise<void> {
  const service = patientService(session);
  const job = nameJob({ id, type: olds.type });
  // After a renaming in the program, a new resource has taken the job over before the old one is deleted.
  if (claims.isTaken(id)) return;
  try {
    if (olds.state === "WAITING" || olds.state === "IN_PROGRESS") await stopJob(service, id, job, reporter);
    if (olds.onDelete === "deleteAssets") await deleteAssets(service, olds, job, reporter);
  } catch (error) {
    throw new Error(describeFailure(error, job), { cause: error });
  }
}

async function stopJob(service: DataExchange, id: string, job: string, reporter: Reporter): Promise<void> {
  try {
    await service.cancelJob(id);
  } catch (error) {
    if (isFailure(error, "notFound")) return;
    if (!isFailure(error, "conflict")) throw error;
    const { state } = await service.getJob(id);
    if (state === "IN_PROGRESS") {
      reporter.warn(
        `${job} is still running at the service, which can no longer be stopped; it is removed from the stack alone.`,
      );
    }
  }
}

async function deleteAssets(
  service: DataExchange,
  olds: JobOutputs,
  job: string,
  reporter: Reporter,
): Promise<void> {
  const revision = revisionOf(olds);
  if (!revision || olds.assets.length === 0) return;
  if (await isFinalized(service, revision)) {
    reporter.warn(
      `${job}: its ${olds.assets.length} assets stay, because revision ${revision.revisionId} is finalized and so read-only.`,
    );
    return;
  }
  for (const [index, asset] of olds.assets.entries()) {
    reporter.status(`deleting its assets, ${index + 1} of ${olds.assets.length}`);
    await service.deleteAsset(revision, asset.id).catch((error: unknown) => {
      if (!isFailure(error, "notFound")) throw error;
    });
  }
}

async function isFinalized(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  try {
    return (await service.getRevision(revision)).finalized;
  } catch (error) {
    // Nothing is left to delete, and what finds nothing deletes nothing.
    if (isFailure(error, "notFound")) return false;
    throw error;
  }
}
