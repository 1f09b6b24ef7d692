import { callApi, PassedOn } from "../apis/call";
import { invalid } from "../protocol/service-error";
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
  /** An API that nobody runs here answers with the call as it arrived, so that a client has something to read. */
  SendApiAsset: async (input: SendApiAsset, { state, apiTarget }: Context): Promise<PassedOn> => {
    const { dataSetId, revisionId, assetId } = input;
    readableRevision(input, state);
    const { apiGatewayApiAsset: api } = state.asset(dataSetId, revisionId, assetId).assetDetails;
    if (!api) throw invalid(`The asset ${assetId} is no API.`);
    const call = {
      method: input.method ?? "POST",
      path: input.path ?? "/",
      query: input.queryStringParameters ?? {},
      headers: input.requestHeaders ?? {},
      body: input.body,
    };
    const target = apiTarget(String(api["apiId"]));
    if (target !== undefined) return callApi(target, call);
    const echo = JSON.stringify({ api: api["apiName"], stage: api["stage"], ...call });
    return new PassedOn(200, { "content-type": "application/json" }, Buffer.from(echo));
  },
} satisfies Record<string, Handler>;
