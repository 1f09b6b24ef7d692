import { ApiError, denied, invalid } from "../state/api-error";
import type { Asset } from "../state/records";
import { hopByHopHeaders } from "../storage/s3-proxy";
import { readableRevision } from "./assets";
import type { Handlers } from "./handler";

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
  /** For an API without a URL, returns the call as the API would receive it. */
  SendApiAsset: async (input, { state, apiTarget }) => {
    const { dataSetId, revisionId, assetId } = input;
    readableRevision(input, state);
    const asset = state.asset(dataSetId, revisionId, assetId);
    const { apiGatewayApiAsset: api } = asset.assetDetails;
    if (!api) throw invalid(`The asset ${assetId} is not an API.`);
    const call = {
      method: input.method ?? "POST",
      path: input.path ?? "/",
      query: input.queryStringParameters ?? {},
      headers: {
        ...forwarded(input.requestHeaders),
        ...added(asset.source ?? asset, state.accountRegion.account),
      },
      body: input.body,
    };
    const target = apiTarget(String(api["apiId"]));
    if (target !== undefined) return forwardApiCall(target, call);
    const echo = JSON.stringify({ api: api["apiName"], stage: api["stage"], ...call });
    return new ProxiedResponse(200, { "content-type": "application/json" }, Buffer.from(echo));
  },
} satisfies Partial<Handlers>;

/**
 * Headers of the caller that reach the API. Source: user guide, "Publishing a product containing APIs", header forwarding:
 * `Authentication` and headers that begin with `x-amz` are removed.
 */
const forwarded = (given: SendApiAsset["requestHeaders"] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !/^(authentication$|x-amz)/i.test(name)));

/** Headers with the owner's asset and the account of the caller. Source: the same page. */
const added = (owned: Asset, requester: string): Record<string, string> => ({
  "x-amz-source-account": owned.arn.split(":")[4]!,
  "x-amz-source-arn": owned.arn,
  "x-amzn-dataexchange-asset-id": owned.id,
  "x-amzn-dataexchange-data-set-id": owned.dataSetId,
  "x-amzn-dataexchange-revision-id": owned.revisionId,
  "x-amzn-dataexchange-requester-account-id": requester,
});

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response of another server; the caller receives its status, headers and body unchanged. */
export class ProxiedResponse {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Uint8Array,
  ) {}
}

/** API Gateway's limits of the time of a call and of the size of its response. */
const timeoutMs = 29_000;
const bodyLimit = 10 * 1024 ** 2;

const withoutBody = new Set(["GET", "HEAD"]);
const notForwarded = new Set([...hopByHopHeaders, "host", "content-length", "content-encoding"]);

async function forwardApiCall(
  target: string,
  { method, path, query, headers, body }: ApiCall,
): Promise<ProxiedResponse> {
  const url = new URL(`${target.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`);
  // A path such as `//other.host` or `..` must not leave the API.
  const base = `${new URL(target).href.replace(/\/+$/, "")}/`;
  if (!`${url.origin}${url.pathname}`.startsWith(base)) throw denied(`The path ${path} leaves the API.`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  try {
    const response = await fetch(url, {
      method,
      headers: endToEnd(Object.entries(headers)),
      body: withoutBody.has(method.toUpperCase()) ? undefined : body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return new ProxiedResponse(response.status, endToEnd(response.headers), await readBody(response));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // `fetch` throws a TypeError without a cause for a method or a header that HTTP does not allow.
    if (error instanceof TypeError && error.cause === undefined) throw invalid(error.message);
    throw new ApiError("InternalServerException", 500, `The API at ${url.origin} did not respond.`);
  }
}

const endToEnd = (headers: Iterable<[string, string]>): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !notForwarded.has(name.toLowerCase())));

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > bodyLimit) throw invalid(`The API responded with more than ${bodyLimit} bytes.`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
