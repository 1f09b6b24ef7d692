import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { describeFailure, nameJob } from "./error-messages";
import { isFailure, withFallback } from "./errors";
import { assetsCreatedBy, listAssets, mayBeOthers, mayHaveCreated } from "./job-assets";
import type { MaskedInputs } from "./job-details";
import { revisionOf } from "./job-details";
import type { JobOwnership, ReplacedJob } from "./job-ownership";
import { listJobsInScope } from "./matching-jobs";
import type { DataExchange, Reporter, RevisionRef } from "./ports";
import type { Session } from "./session";
import type { JobOutputs } from "./state";
import { toServiceJob } from "./state";

interface Dependencies {
  session: Session;
  service: DataExchange;
  ownership: JobOwnership;
  reporter: Reporter;
}

/**
 * Deletes assets, or warns if their revision is read-only. Assets that no longer exist are not an error. `beforeFirst`
 * runs before the first of them is deleted.
 */
export async function deleteAssets(
  { session, service, reporter }: Omit<Dependencies, "ownership">,
  revision: RevisionRef,
  ids: readonly string[],
  job: string,
  beforeFirst: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  if (ids.length === 0) return;
  if (await isLocked(service, revision)) {
    const kept = ids.length === 1 ? "its asset is" : `its ${ids.length} assets are`;
    return reporter.warn({
      code: "finalized-revision-keeps-assets",
      text: `${job}: ${kept} kept, because revision ${revision.revisionId} is finalized and not revoked.`,
    });
  }
  await beforeFirst();
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

/** Whether the revision still has all of the assets. False if they cannot be listed. */
export async function areListed(
  { session, service }: Pick<Dependencies, "session" | "service">,
  revision: RevisionRef,
  ids: readonly string[],
): Promise<boolean> {
  const listed = await listAssets(session, service, revision).catch(() => []);
  const present = new Set(listed.map(({ id }) => id));
  return ids.every((id) => present.has(id));
}

/** The assets of a revision. None if the revision no longer exists. */
const listAssetsIfAny = (
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> => withFallback(listAssets(session, service, revision), [], "notFound");

/** Source: user guide, "Revoking revisions": assets of a revision can be deleted after the revision has been revoked. */
async function isLocked(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  const state = await withFallback(service.getRevision(revision), undefined, "notFound");
  return state !== undefined && state.finalized && !state.revoked;
}

/**
 * Deletes the assets of a job of this resource that failed, or that an interrupted run left, because its replacement
 * creates them again. Assets that may be another job's are kept, with a warning.
 */
export async function deleteLeftovers(
  dependencies: Dependencies,
  job: ServiceJob & MaskedInputs,
  isOwn: (asset: { id: string }) => boolean = () => true,
): Promise<void> {
  const revision = revisionOf(job);
  if (!revision) return;
  const name = nameJob(job);
  try {
    const own = await assetsCertainlyCreatedBy(dependencies, job, revision);
    const ids = own.filter(isOwn).map(({ id }) => id);
    await deleteAssets(dependencies, revision, ids, name);
  } catch (error) {
    if (!isFailure(error, "accessDenied")) throw error;
    const { text } = describeFailure(error, name, job);
    dependencies.reporter.warn({
      code: "leftover-assets-not-deleted",
      text: `${text} Until then its assets are kept, and the revision contains them twice.`,
    });
  }
}

/**
 * Deletes the assets that the failed job in state left. They were found when it failed; later assets of the revision belong
 * to another job.
 */
export async function deleteLeftoversInState(
  dependencies: Dependencies,
  { id, outputs }: ReplacedJob,
): Promise<void> {
  // The process that created the job cleans up when it retries.
  if (outputs.__shared) return warnAboutShared(dependencies, id, outputs);
  const known = new Set([...outputs.assets.map((asset) => asset.id), ...(outputs.__unlisted ?? [])]);
  const isComplete = known.size > 0 && !outputs.__incomplete;
  const isOwn = isComplete ? (asset: { id: string }) => known.has(asset.id) : undefined;
  const { __secret } = outputs;
  await deleteLeftovers(dependencies, { ...toServiceJob({ id, outputs }), __secret }, isOwn);
}

function warnAboutShared({ reporter }: Dependencies, id: string, outputs: JobOutputs): void {
  const { type, assets, __secret: isSecret } = outputs;
  if (assets.length === 0) return;
  reporter.warn({
    code: "shared-assets-kept",
    text:
      `${nameJob({ id, type })} failed. Another process created it for the same work, and only that process deletes its ` +
      `assets: ${assets.map((asset) => (isSecret ? asset.id : asset.name)).join(", ")}. Until then the revision contains these twice.`,
  });
}

/** The assets that a job created. None, with a warning, if another job of the same time may have created one of them. */
export async function assetsCertainlyCreatedBy(
  { session, service, ownership, reporter }: Dependencies,
  job: ServiceJob,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  const listed = await listAssetsIfAny(session, service, revision);
  const isFree = (asset: ServiceAsset) => ownership.mayClaimAsset(asset, job.id);
  const own = assetsCreatedBy(job, listed, isFree);
  if (own.length === 0) return [];
  // If jobs may not be listed, the assets alone decide.
  const jobs = await withFallback(listJobsInScope(session, service, job), [], "accessDenied", "notFound");
  const others = jobs.filter(
    (other) =>
      other.id !== job.id &&
      other.type === job.type &&
      !["WAITING", "CANCELLED"].includes(other.state) &&
      !ownership.isOwned(other.id),
  );
  if (!mayBeOthers(job, listed, isFree) && !others.some((other) => mayHaveCreated(other, own))) return own;
  reporter.warn({
    code: "ambiguous-assets-kept",
    text:
      `${nameJob(job)} left assets in revision ${revision.revisionId} that may be another job's of the same time. They are ` +
      "kept, so an asset may exist twice. Delete the one that you do not want.",
  });
  return [];
}
