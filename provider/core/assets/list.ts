import type { ServiceAsset } from "../../model/job";
import type { DataExchange, RevisionRef } from "../ports";
import type { Session } from "../session";

/** All assets of a revision as they are now; jobs that end together share one listing. */
export function listAssets(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  return session.assetLists.get(`${revision.dataSetId}/${revision.revisionId}`, async () => {
    const assets: ServiceAsset[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await service.listRevisionAssets(revision, nextToken);
      assets.push(...page.items);
      nextToken = page.nextToken;
      if (!nextToken) return assets;
    }
  });
}
