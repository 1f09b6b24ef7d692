import { callApi, PassedOn } from "./api-gateway-proxy";
import { invalid } from "../http/service-error";
import type { Asset } from "../state/records";
import { readableRevision } from "./assets";
import type { Context, Handler } from "./context";

interface SendApiAsset {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetId: string;
  readonly method?: string;
  readonly path?: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const apiAssetHandlers = {
  /** An API that nobody runs here answers with the call as it would reach it, so that a client has something to read. */
  SendApiAsset: async (input: SendApiAsset, { state, apiTarget }: Context): Promise<PassedOn> => {
    const { dataSetId, revisionId, assetId } = input;
    readableRevision(input, state);
    const asset = state.asset(dataSetId, revisionId, assetId);
    const { apiGatewayApiAsset: api } = asset.assetDetails;
    if (!api) throw invalid(`The asset ${assetId} is no API.`);
    const call = {
      method: input.method ?? "POST",
      path: input.path ?? "/",
      query: input.queryStringParameters ?? {},
      headers: { ...forwarded(input.requestHeaders), ...added(asset.source ?? asset, state.place.account) },
      body: input.body,
    };
    const target = apiTarget(String(api["apiId"]));
    if (target !== undefined) return callApi(target, call);
    const echo = JSON.stringify({ api: api["apiName"], stage: api["stage"], ...call });
    return new PassedOn(200, { "content-type": "application/json" }, Buffer.from(echo));
  },
} satisfies Record<string, Handler>;

/**
 * Headers of the caller that reach the API. Source: user guide, "Publishing a product containing APIs", header forwarding:
 * `Authentication` and whatever begins with `x-amz` are taken away.
 */
const forwarded = (given: SendApiAsset["requestHeaders"] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !/^(authentication$|x-amz)/i.test(name)));

/** Headers that tell the API of what is called, as its owner knows it, and who calls. Source: the same page. */
const added = (owned: Asset, requester: string): Record<string, string> => ({
  "x-amz-source-account": owned.arn.split(":")[4]!,
  "x-amz-source-arn": owned.arn,
  "x-amzn-dataexchange-asset-id": owned.id,
  "x-amzn-dataexchange-data-set-id": owned.dataSetId,
  "x-amzn-dataexchange-revision-id": owned.revisionId,
  "x-amzn-dataexchange-requester-account-id": requester,
});
