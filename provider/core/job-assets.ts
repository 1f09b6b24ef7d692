import type { ServiceAsset } from "../../service-model/job";
import { ServiceError, isFailure } from "./service-error";
import type { DataExchange, RevisionRef } from "./ports";
import type { Session } from "./session";

/** All assets of a revision as they are now; jobs that end together share one listing. */
export function listAssets(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  return session.assetLists.get(`${revision.dataSetId}/${revision.revisionId}`, async () => {
    try {
      return await readAll(service, revision);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      throw (await isThere(service, revision))
        ? new ServiceError({ ...error.facts, kind: "unavailable" })
        : error;
    }
  });
}

async function readAll(service: DataExchange, revision: RevisionRef): Promise<ServiceAsset[]> {
  // Pages may shift while they are read, and show an asset twice.
  const assets = new Map<string, ServiceAsset>();
  for (let nextToken: string | undefined; ;) {
    const page = await service.listRevisionAssets(revision, nextToken);
    for (const asset of page.items) assets.set(asset.id, asset);
    nextToken = page.nextToken;
    if (!nextToken) return [...assets.values()];
  }
}

/**
 * Whether a revision that a listing did not find is there all the same. On the word of one call no asset leaves the
 * state, and no import runs again.
 */
async function isThere(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  try {
    await service.getRevision(revision);
    return true;
  } catch (error) {
    if (isFailure(error, "notFound", "accessDenied")) return false;
    throw error;
  }
}
