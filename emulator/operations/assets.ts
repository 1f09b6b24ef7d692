import { invalid } from "../state/api-error";
import type { Asset, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import type { Context, Handlers } from "./handler";
import { paginate, touch } from "./handler";
import { ownRevision, assertNotFinalized } from "./revisions";

interface OfRevision {
  readonly dataSetId: string;
  readonly revisionId: string;
}

interface ById extends OfRevision {
  readonly assetId: string;
}

export const assetHandlers = {
  ListRevisionAssets: (input, context) => {
    const { assets } = readableRevision(input, context.state);
    const { items, nextToken } = paginate(assets, `assets of ${input.revisionId}`, input);
    return { assets: items.map((asset) => shown(asset, context)), nextToken };
  },

  GetAsset: (input, context) => {
    readableRevision(input, context.state);
    return shown(find(input, context), context);
  },

  UpdateAsset: (input, context) => {
    const revision = ownRevision(input, context);
    const asset = find(input, context);
    assertNotFinalized(revision);
    // Assets are sorted by name.
    revision.assets.delete(asset.id);
    asset.name = input.name;
    touch(asset, context);
    revision.assets.add(asset);
    return shown(asset, context);
  },

  DeleteAsset: (input, context) => {
    const revision = ownRevision(input, context);
    const { id, objectKey } = find(input, context);
    // Source: user guide, "Revoking revisions": a revision's assets can be deleted after the revision has been revoked.
    if (!revision.revoked) assertNotFinalized(revision);
    revision.assets.delete(id);
    void context.objects.deleteObjects([objectKey]);
  },
} satisfies Partial<Handlers>;

const find = ({ dataSetId, revisionId, assetId }: ById, { state }: Context): Asset =>
  state.asset(dataSetId, revisionId, assetId);

/** The revision, if the account may read its assets; a subscriber may not after the revision was revoked. */
export function readableRevision({ dataSetId, revisionId }: OfRevision, state: RegionState): Revision {
  const revision = state.revision(dataSetId, revisionId);
  if (revision.revoked && state.dataSet(dataSetId).origin === "ENTITLED") {
    throw invalid(`The revision ${revisionId} was revoked: ${revision.revocationComment}`);
  }
  return revision;
}

/** The asset for a response; that of an API has a new signed URL of its specification. */
function shown(asset: Asset, { state, urls, origin }: Context): Asset {
  const { apiGatewayApiAsset } = asset.assetDetails;
  if (!apiGatewayApiAsset) return asset;
  const { url, expiresAt } = urls.issue("GET", asset.objectKey, state.accountRegion, origin);
  return {
    ...asset,
    assetDetails: {
      apiGatewayApiAsset: {
        ...apiGatewayApiAsset,
        apiSpecificationDownloadUrl: url,
        apiSpecificationDownloadUrlExpiresAt: expiresAt,
      },
    },
  };
}
