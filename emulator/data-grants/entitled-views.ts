/**
 * A subscriber's view of an owner's data set: copies with other ids, created at publication. Later changes by the
 * owner do not change them, except for the revocation of a revision. Sources: user guide, "Data sets", notes on the
 * structure of data sets (an update of the owned one does not update the entitled one) and of revisions (entitled ones are
 * created at the time of publishing).
 */
import { entitledArnOf } from "../state/records";
import type { Asset, DataGrant, DataSet, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import { OrderedCollection } from "../state/ordered-collection";

/** The source's id, which the service returns only to the account that owns the source. */
const sourceIdFor = ({ senderPrincipal, receiverPrincipal }: DataGrant, id: string): string | undefined =>
  senderPrincipal === receiverPrincipal ? id : undefined;

export function entitledDataSet(
  source: DataSet,
  grant: DataGrant,
  { accountRegion }: RegionState,
  now: string,
): DataSet {
  return {
    id: grant.dataSetId,
    arn: entitledArnOf(accountRegion, `data-sets/${grant.dataSetId}`),
    assetType: source.assetType,
    name: source.name,
    description: source.description,
    origin: "ENTITLED",
    originDetails: { dataGrantId: grant.id },
    sourceId: sourceIdFor(grant, source.id),
    grant,
    revisions: new OrderedCollection(),
    createdAt: now,
    updatedAt: now,
  };
}

/** A published revision of an entitled data set, with all of its assets, which never change. */
export function entitledRevision(
  source: Revision,
  dataSet: DataSet,
  state: RegionState,
  now: string,
): Revision {
  const id = state.newId();
  const arn = `${dataSet.arn}/revisions/${id}`;
  const assets = new OrderedCollection<Asset>(({ name }) => name);
  for (const asset of source.assets.all()) {
    const assetId = state.newId();
    assets.add({
      ...asset,
      id: assetId,
      arn: `${arn}/assets/${assetId}`,
      dataSetId: dataSet.id,
      revisionId: id,
      sourceId: sourceIdFor(dataSet.grant!, asset.id),
      source: asset,
      tags: undefined,
      createdAt: now,
      updatedAt: now,
    });
  }
  return {
    id,
    arn,
    dataSetId: dataSet.id,
    sourceId: sourceIdFor(dataSet.grant!, source.id),
    finalized: true,
    assets,
    comment: source.comment,
    createdAt: now,
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
      return source.revokedAt ?? now;
    },
  };
}
