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
    apiName: required(string(), "Name of the API, which becomes the asset's name."),
    apiSpecificationMd5Hash: required(
      md5,
      "MD5 of the OpenAPI document, as base64 (24 characters). Computed from `upload` by default.",
      { fromUpload: "md5" },
    ),
    protocolType: required(oneOf("REST"), "Protocol of the API; the service supports only `REST`."),
    stage: required(string(), "Stage of the API."),
    apiDescription: optional(string(), "Description of the API for subscribers, in Markdown."),
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
      "URL that the OpenAPI document was uploaded to. A credential: secret in state and output.",
      { secret: true },
    ),
    apiSpecificationUploadUrlExpiresAt: required(
      timestamp(),
      "When the upload URL expires, ISO 8601: one minute after it was created. An upload that has begun continues.",
    ),
  },
  upload: {
    url: "apiSpecificationUploadUrl",
    expiresAt: "apiSpecificationUploadUrlExpiresAt",
    md5: "apiSpecificationMd5Hash",
    body: "the OpenAPI 3.0 document of the API, as JSON",
    // No source gives a limit for the document, so the limit of signed URLs applies.
    maxBytes: 5 * 1024 ** 3,
  },
  // Sources disagree: the API reference uses ApiName, an example of the user guide of 2022 the id and the stage.
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
