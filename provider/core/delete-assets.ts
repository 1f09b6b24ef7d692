import type { ServiceAsset } from "../../service-model/job";
import { isFailure } from "./service-error";
import type { DataExchange, Reporter, RevisionRef } from "./ports";
import type { Session } from "./session";
import { listAssets } from "./job-assets";

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
  if (await keepsItsAssets(service, revision)) {
    const stay = ids.length === 1 ? "its asset stays" : `its ${ids.length} assets stay`;
    reporter.warn(`${job}: ${stay}, because revision ${revision.revisionId} is finalized and not revoked.`);
    return;
  }
  for (const [index, id] of ids.entries()) {
    reporter.status(`deleting its assets, ${index + 1} of ${ids.length}`);
    await service.deleteAsset(revision, id).catch(async (error: unknown) => {
      if (!isFailure(error, "notFound")) throw error;
      const left = await listIfThere(session, service, revision);
      if (left.some((asset) => asset.id === id)) throw error;
    });
  }
  reporter.status(`${ids.length} ${ids.length === 1 ? "asset" : "assets"} deleted`);
}

/** None where the revision is gone. */
export const listIfThere = (
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> =>
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
