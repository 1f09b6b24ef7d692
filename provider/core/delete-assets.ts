import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { isFailure } from "./errors";
import type { DataExchange, Reporter, RevisionRef } from "./ports";
import type { Session } from "./session";
import { assetsMadeBy, listAssets, mayBeOthers, mayHaveMade } from "./job-assets";
import type { JobOwnership, ReplacedJob } from "./job-ownership";
import { listJobsInScope } from "./matching-jobs";
import { describeFailure, nameJob } from "./error-messages";
import { revisionOf } from "./job-details";
import type { JobOutputs } from "./state";
import { toServiceJob } from "./state";

interface Dependencies {
  session: Session;
  service: DataExchange;
  reporter: Reporter;
}

/** Deletes assets of a revision that lets it, and warns where it does not. Assets that are gone are no failure. */
export async function deleteAssets(
  { session, service, reporter }: Dependencies,
  revision: RevisionRef,
  ids: readonly string[],
  job: string,
): Promise<void> {
  if (ids.length === 0) return;
  if (await isLocked(service, revision)) {
    const stay = ids.length === 1 ? "its asset stays" : `its ${ids.length} assets stay`;
    reporter.warn(`${job}: ${stay}, because revision ${revision.revisionId} is finalized and not revoked.`);
    return;
  }
  for (const [index, id] of ids.entries()) {
    reporter.status(`deleting its assets, ${index + 1} of ${ids.length}`);
    await service.deleteAsset(revision, id).catch(async (error: unknown) => {
      if (!isFailure(error, "notFound")) throw error;
      const left = await listAssetsIfAny(session, service, revision);
      if (left.some((asset) => asset.id === id)) throw error;
    });
  }
  reporter.status(`${ids.length} ${ids.length === 1 ? "asset" : "assets"} deleted`);
}

/** None where the revision is gone. */
export const listAssetsIfAny = (
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> =>
  listAssets(session, service, revision).catch((error: unknown) => {
    if (isFailure(error, "notFound")) return [];
    throw error;
  });

/** Source: user guide, "Revoking revisions": assets of a revision can be deleted after the revision has been revoked. */
async function isLocked(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  try {
    const { finalized, revoked } = await service.getRevision(revision);
    return finalized && !revoked;
  } catch (error) {
    // Nothing is left to delete, and what finds nothing deletes nothing.
    if (isFailure(error, "notFound")) return false;
    throw error;
  }
}

interface CleanupDependencies {
  session: Session;
  service: DataExchange;
  ownership: JobOwnership;
  reporter: Reporter;
}

/**
 * Deletes the assets of a job of this resource that failed, or that an interrupted run left: the job that comes in its
 * place makes them again. What may be another job's stays, with a warning.
 */
export async function deleteLeftovers(
  work: CleanupDependencies,
  job: ServiceJob,
  isOwn: (asset: { id: string }) => boolean = () => true,
): Promise<void> {
  const revision = revisionOf(job);
  if (!revision) return;
  const name = nameJob(job);
  try {
    const made = await assetsCertainlyMadeBy(work, job, revision);
    const ids = made.filter(isOwn).map(({ id }) => id);
    await deleteAssets(work, revision, ids, name);
  } catch (error) {
    if (!isFailure(error, "accessDenied")) throw error;
    work.reporter.warn(
      `${describeFailure(error, name)} Its assets stay until then, so the revision holds them twice.`,
    );
  }
}

/**
 * Deletes what the failed job that a state names has left. Its assets were found when it failed; what has come into the
 * revision since then is another job's.
 */
export async function deleteLeftoversInState(
  work: CleanupDependencies,
  { id, outputs }: ReplacedJob,
): Promise<void> {
  // Another process made the job, and its own retry cleans up after it.
  if (outputs.__shared) return warnOfShared(work, id, outputs);
  const known = new Set([...outputs.assets.map((asset) => asset.id), ...(outputs.__unlisted ?? [])]);
  const isKnown = known.size > 0 && !outputs.__incomplete;
  const isOwn = isKnown ? (asset: { id: string }) => known.has(asset.id) : undefined;
  await deleteLeftovers(work, toServiceJob({ id, outputs }), isOwn);
}

function warnOfShared({ reporter }: CleanupDependencies, id: string, { type, assets }: JobOutputs): void {
  if (assets.length === 0) return;
  reporter.warn(
    `${nameJob({ id, type })} failed, and another process made it for the same work. Only that process deletes what the ` +
      `job left: ${assets.map(({ name }) => name).join(", ")}. Until it does, the revision holds this twice.`,
  );
}

/** The assets that a job made; none, with a warning, where another job of the same time may have made one of them. */
export async function assetsCertainlyMadeBy(
  { session, service, ownership, reporter }: CleanupDependencies,
  job: ServiceJob,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  const listed = await listAssetsIfAny(session, service, revision);
  const free = (asset: ServiceAsset) => ownership.mayClaimAsset(asset, job.id);
  const made = assetsMadeBy(job, listed, free);
  if (made.length === 0) return [];
  const others = (await jobsIfListed(session, service, job)).filter(
    (other) =>
      other.id !== job.id &&
      other.type === job.type &&
      !["WAITING", "CANCELLED"].includes(other.state) &&
      !ownership.isOwned(other.id),
  );
  if (!mayBeOthers(job, listed, free) && !others.some((other) => mayHaveMade(other, made))) return made;
  reporter.warn(
    `${nameJob(job)} left assets in revision ${revision.revisionId} that cannot be told from another job's of the same ` +
      "time. They stay, so an asset may be there twice; delete the one that is not wanted.",
  );
  return [];
}

/** None where they may not be listed: then the assets alone tell whose they are. */
const jobsIfListed = (session: Session, service: DataExchange, job: ServiceJob): Promise<ServiceJob[]> =>
  listJobsInScope(session, service, job).catch((error: unknown) => {
    if (isFailure(error, "accessDenied", "notFound")) return [];
    throw error;
  });
