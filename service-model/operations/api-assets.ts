/** Calls of an API that was licensed as an asset; they go to a host of their own, `api-fulfill.` before the service's. */
import { map, optional, required, string, struct } from "../shape";
import { writing } from "./shared-shapes";
import type { Operation } from "./operation";

const body = optional(string(), "The body, as it is.");

export const apiAssetOperations = {
  SendApiAsset: {
    method: "POST",
    path: "/v1",
    headers: {
      assetId: "x-amzn-dataexchange-asset-id",
      dataSetId: "x-amzn-dataexchange-data-set-id",
      revisionId: "x-amzn-dataexchange-revision-id",
      method: "x-amzn-dataexchange-http-method",
      path: "x-amzn-dataexchange-path",
    },
    headerMap: { member: "requestHeaders", prefix: "x-amzn-dataexchange-header-" },
    queryMap: "queryStringParameters",
    payload: "body",
    status: 200,
    input: struct("SendApiAssetRequest", {
      assetId: required(string(), "The API's asset."),
      dataSetId: required(string(), "Its data set."),
      revisionId: required(string(), "Its revision."),
      method: optional(string(), "Method of the call.", { default: "POST" }),
      path: optional(string(), "Path of the call.", { default: "/" }),
      requestHeaders: optional(map(string()), "Headers of the call."),
      queryStringParameters: optional(map(string()), "Query string of the call."),
      body,
    }),
    output: struct("SendApiAssetResponse", {
      body,
      responseHeaders: optional(map(string()), "Headers that the API answered with."),
    }),
    errors: writing,
  },
} as const satisfies Record<string, Operation>;
