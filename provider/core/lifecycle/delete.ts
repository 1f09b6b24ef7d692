import type { Claims } from "../adopt/claims";
import type { ServiceAsset, ServiceJob } from "../../model/job";
import { listAssets } from "../assets/list";
import { assetsMadeBy } from "../assets/made-by";
import { describeFailure, nameJob } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import { goesOn } from "../inputs/diff";
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
  const service = patientService(session, olds);
  const job = nameJob({ id, type: olds.type });
  // Another resource has the job too: after a renaming in the program, the new one has taken it over.
  if (claims.isKept(id)) return;
  try {
    const ended = goesOn(olds) ? await stopJob(service, id, job, reporter) : undefined;
    if (olds.onDelete !== "deleteAssets") return;
    const revision = revisionOf(olds);
    const ids =
      ended && revision
        ? assetsMadeBy(ended, await assetsIn(session, service, revision)).map((asset) => asset.id)
        : olds.assets.map((asset) => asset.id);
    if (revision && ids.length > 0) await deleteAssets(session, service, revision, ids, job, reporter);
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

async function deleteAssets(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
  ids: readonly string[],
  job: string,
  reporter: Reporter,
): Promise<void> {
  if (await keepsItsAssets(service, revision)) {
    reporter.warn(
      `${job}: its ${ids.length} assets stay, because revision ${revision.revisionId} is finalized and not revoked.`,
    );
    return;
  }
  for (const [index, id] of ids.entries()) {
    reporter.status(`deleting its assets, ${index + 1} of ${ids.length}`);
    await service.deleteAsset(revision, id).catch(async (error: unknown) => {
      if (!isFailure(error, "notFound") || (await hasAsset(session, service, revision, id))) throw error;
    });
  }
  reporter.status(`${ids.length} ${ids.length === 1 ? "asset" : "assets"} deleted`);
}

async function hasAsset(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
  id: string,
): Promise<boolean> {
  return (await assetsIn(session, service, revision)).some((asset) => asset.id === id);
}

/** None where the revision is gone. */
const assetsIn = (session: Session, service: DataExchange, revision: RevisionRef): Promise<ServiceAsset[]> =>
  listAssets(session, service, revision).catch((error: unknown) => {
    if (isFailure(error, "notFound")) return [];
    throw error;
  });

/** Source: user guide, "Revoking revisions": assets of a revision can be deleted after the revision has been revoked. */
async function keepsItsAssets(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  try {
    const { finalized, revoked } = await service.getRevision(revision);
    return finalized && !revoked;
  } catch (error) {
    // Nothing is left to delete, and what finds nothing deletes nothing.
    if (isFailure(error, "notFound")) return false;
    throw error;
  }
}
