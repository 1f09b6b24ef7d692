/**
 * What a subscriber sees of an owner's data set. The views have ids of their own and read everything else from
 * their source, so a name that changes, or a revision that is revoked, changes for every subscriber at once.
 */
import { entitledArnOf } from "../state/names";
import type { Asset, DataGrant, DataSet, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import { Shelf } from "../state/shelf";

/** The source's id, which the service shows to the account that owns the source and to nobody else. */
const sourceIdFor = ({ senderPrincipal, receiverPrincipal }: DataGrant, id: string): string | undefined =>
  senderPrincipal === receiverPrincipal ? id : undefined;

export function entitledDataSet(source: DataSet, grant: DataGrant, { place }: RegionState): DataSet {
  return {
    id: grant.dataSetId,
    arn: entitledArnOf(place, `data-sets/${grant.dataSetId}`),
    assetType: source.assetType,
    origin: "ENTITLED",
    originDetails: { dataGrantId: grant.id },
    sourceId: sourceIdFor(grant, source.id),
    grant,
    revisions: new Shelf(),
    createdAt: source.createdAt,
    get name() {
      return source.name;
    },
    get description() {
      return source.description;
    },
    get updatedAt() {
      return source.updatedAt;
    },
  };
}

/** A published revision of an entitled data set, with all of its assets, which no longer change. */
export function entitledRevision(source: Revision, dataSet: DataSet, state: RegionState): Revision {
  const id = state.newId();
  const arn = `${dataSet.arn}/revisions/${id}`;
  const assets = new Shelf<Asset>(({ name }) => name);
  for (const asset of source.assets.all()) {
    const assetId = state.newId();
    assets.add({
      ...asset,
      id: assetId,
      arn: `${arn}/assets/${assetId}`,
      dataSetId: dataSet.id,
      revisionId: id,
      sourceId: sourceIdFor(dataSet.grant!, asset.id),
      tags: undefined,
    });
  }
  return {
    id,
    arn,
    dataSetId: dataSet.id,
    sourceId: sourceIdFor(dataSet.grant!, source.id),
    finalized: true,
    assets,
    createdAt: source.createdAt,
    get comment() {
      return source.comment;
    },
    get revoked() {
      return source.revoked;
    },
    get revokedAt() {
      return source.revokedAt;
    },
    get revocationComment() {
      return source.revocationComment;
    },
    get updatedAt() {
      return source.updatedAt;
    },
  };
}
