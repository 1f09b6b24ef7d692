import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation, writesToService } from "../permissions";
import { oneOf, optional, required, string, struct, timestamp } from "../shape";
import { md5, importTarget } from "../shared-shapes";

export const importAssetFromApiGatewayApi: JobType = {
  type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
  detailsKey: "importAssetFromApiGatewayApi",
  summary:
    "licenses a stage of an API Gateway REST API as an asset, described by an uploaded OpenAPI document",
  sentence: { predicate: "licenses stage {stage} of API {apiName} ({apiId}) as an asset of {revision}" },
  details: struct("ImportAssetFromApiGatewayApi", {
    ...importTarget,
    apiId: required(string(), "Id of the API in API Gateway."),
    apiName: required(string(), "Name of the API; the asset is named by it."),
    apiSpecificationMd5Hash: required(
      md5,
      "MD5 of the OpenAPI document, as base64 (24 characters). Computed from `upload` when left out.",
      { fromUpload: "md5" },
    ),
    protocolType: required(oneOf("REST"), "Protocol of the API; the service knows `REST` only."),
    stage: required(string(), "Stage of the API."),
    apiDescription: optional(string(), "What the API offers, for subscribers; Markdown."),
    apiKey: optional(
      string(),
      "API Gateway key with which Data Exchange calls the API. Secret in state and output.",
      {
        secret: true,
      },
    ),
  }),
  response: {
    apiSpecificationUploadUrl: required(
      string(),
      "Where the OpenAPI document was uploaded to. A credential: secret in state and output.",
      { secret: true },
    ),
    apiSpecificationUploadUrlExpiresAt: required(
      timestamp(),
      "When the upload URL stops working, ISO 8601: one minute after it was made. An upload that has begun goes on.",
    ),
  },
  upload: {
    url: "apiSpecificationUploadUrl",
    expiresAt: "apiSpecificationUploadUrlExpiresAt",
    md5: "apiSpecificationMd5Hash",
    body: "the OpenAPI 3.0 document of the API, as JSON",
    // No source gives a limit for the document; that of signed URLs is taken.
    maxBytes: 5 * 1024 ** 3,
  },
  // Sources disagree: the API reference names the asset by ApiName, an example of the user guide of 2022 by id and stage.
  createsAssets: { assetKey: ["name"], requestKey: ["apiName"] },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from an API Gateway API",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["API_GATEWAY_API"],
  // Sources disagree on `apigateway:GET`: the providers' managed policy has it, the user guide's table does not.
  permissions: [...assetCreation, writesToService],
};
