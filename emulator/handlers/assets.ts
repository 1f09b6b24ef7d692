import { assetKey } from "../state/names";
import type { Asset } from "../state/records";
import type { Context, Handler } from "./context";
import { touch } from "./context";
import type { PageInput } from "./pages";
import { pageOf } from "./pages";
import { refuseFinalized } from "./revisions";

interface OfRevision {
  readonly dataSetId: string;
  readonly revisionId: string;
}

interface ById extends OfRevision {
  readonly assetId: string;
}

export const assetHandlers = {
  ListRevisionAssets: (input: OfRevision & PageInput, context: Context) => {
    const { assets } = context.state.revision(input.dataSetId, input.revisionId);
    const { items, nextToken } = pageOf(assets, `assets of ${input.revisionId}`, input);
    return { assets: items.map((asset) => shown(asset, context)), nextToken };
  },

  GetAsset: (input: ById, context: Context) => shown(find(input, context), context),

  UpdateAsset: (input: ById & { readonly name: string }, context: Context) => {
    const asset = find(input, context);
    const revision = context.state.revision(input.dataSetId, input.revisionId);
    refuseFinalized(revision);
    // Assets stand in the order of their names.
    revision.assets.delete(asset.id);
    asset.name = input.name;
    touch(asset, context);
    revision.assets.add(asset);
    return shown(asset, context);
  },

  DeleteAsset: (input: ById, context: Context) => {
    const { state, objects } = context;
    const { id } = find(input, context);
    const revision = state.revision(input.dataSetId, input.revisionId);
    refuseFinalized(revision);
    revision.assets.delete(id);
    void objects.discard([assetKey(state.place, id)]);
  },
} satisfies Record<string, Handler>;

const find = ({ dataSetId, revisionId, assetId }: ById, { state }: Context): Asset =>
  state.asset(dataSetId, revisionId, assetId);

/** The asset as it is answered: that of an API comes with a fresh URL of its specification. */
function shown(asset: Asset, { state, urls }: Context): Asset {
  const { apiGatewayApiAsset } = asset.assetDetails;
  if (!apiGatewayApiAsset) return asset;
  const { url, expiresAt } = urls.issue("GET", assetKey(state.place, asset.id), state.place);
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
