import type { Member } from "../shape";
import { double, list, map, oneOf, optional, required, string, struct, timestamp } from "../shape";
import { kmsKeysToGrant } from "../shared-shapes";
import {
  assetId,
  assetType,
  dataSetId,
  identity,
  nextToken,
  paging,
  revisionId,
  sourceId,
  tags,
} from "../shared-shapes";
import type { Operation } from "./operation";
import { changeErrors, readErrors, writeErrors } from "./operation";

const said = (doc: string): Member => optional(string(), doc);

const lfTags = required(
  list(
    struct("LFTag", {
      tagKey: required(string(), "Key of the LF-tag."),
      tagValues: required(list(string()), "Values of the LF-tag that match."),
    }),
  ),
  "LF-tag conditions that a resource must meet.",
);

const lakeFormationPolicy = struct("LFTagPolicyDetails", {
  catalogId: required(string({ pattern: "[0-9]{12}" }), "Glue Data Catalog of the resources."),
  resourceType: required(oneOf("TABLE", "DATABASE"), "Resources of the policy."),
  resourceDetails: required(
    struct("LFResourceDetails", {
      database: optional(struct("DatabaseLFTagPolicy", { expression: lfTags }), "Databases covered."),
      table: optional(struct("TableLFTagPolicy", { expression: lfTags }), "Tables covered."),
    }),
    "The resources covered.",
  ),
});

const assetDetails = struct("AssetDetails", {
  s3SnapshotAsset: optional(
    struct("S3SnapshotAsset", { size: required(double({ min: 0 }), "Size of the object, in bytes.") }),
    "A file.",
  ),
  redshiftDataShareAsset: optional(
    struct("RedshiftDataShareAsset", { arn: required(string(), "ARN of the datashare.") }),
    "A Redshift datashare.",
  ),
  apiGatewayApiAsset: optional(
    struct("ApiGatewayApiAsset", {
      apiDescription: said("Description of the API."),
      apiEndpoint: said("URL of the API."),
      apiId: said("Id of the API in API Gateway."),
      apiKey: optional(string(), "Key of the API.", { secret: true }),
      apiName: said("Name of the API."),
      apiSpecificationDownloadUrl: optional(string(), "URL of the OpenAPI document.", { secret: true }),
      apiSpecificationDownloadUrlExpiresAt: optional(timestamp(), "Until when it is there."),
      protocolType: optional(oneOf("REST"), "Protocol of the API."),
      stage: said("Stage of the API."),
    }),
    "An API Gateway API.",
  ),
  s3DataAccessAsset: optional(
    struct("S3DataAccessAsset", {
      bucket: required(string(), "Bucket that is shared."),
      keyPrefixes: optional(list(string()), "Shared prefixes."),
      keys: optional(list(string()), "Keys that are shared."),
      s3AccessPointAlias: said("Alias of the access point."),
      s3AccessPointArn: said("ARN of the access point."),
      kmsKeysToGrant,
    }),
    "Access to a bucket.",
  ),
  lakeFormationDataPermissionAsset: optional(
    struct("LakeFormationDataPermissionAsset", {
      lakeFormationDataPermissionDetails: required(
        struct("LakeFormationDataPermissionDetails", {
          lFTagPolicy: optional(lakeFormationPolicy, "The tag policy."),
        }),
        "Resources of the permission.",
      ),
      lakeFormationDataPermissionType: required(oneOf("LFTagPolicy"), "Kind of the permission."),
      permissions: required(list(oneOf("DESCRIBE", "SELECT")), "Permissions of subscribers."),
      roleArn: optional(
        string({ pattern: "arn:aws:iam::([0-9]{12}):role/.+" }),
        "Role that grants and revokes permissions.",
      ),
    }),
    "A Lake Formation data permission.",
  ),
});

const entry = {
  ...identity,
  dataSetId,
  revisionId,
  assetType: required(assetType, "Type of the asset."),
  name: required(string(), "Name of the asset; not unique."),
  assetDetails: required(assetDetails, "Details of the asset, by its type."),
  sourceId,
};

const asset = { dataSetId, revisionId, assetId };
const path = "/v1/data-sets/{dataSetId}/revisions/{revisionId}/assets/{assetId}";

export const assetOperations = {
  ListRevisionAssets: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}/assets",
    query: ["maxResults", "nextToken"],
    status: 200,
    input: struct("ListRevisionAssetsRequest", { dataSetId, revisionId, ...paging }),
    output: struct("ListRevisionAssetsResponse", {
      assets: required(list(struct("AssetEntry", entry)), "Assets by name, in descending order."),
      nextToken,
    }),
    errors: readErrors,
  },
  GetAsset: {
    method: "GET",
    path,
    status: 200,
    input: struct("GetAssetRequest", asset),
    output: struct("GetAssetResponse", { ...entry, tags }),
    errors: readErrors,
  },
  UpdateAsset: {
    method: "PATCH",
    path,
    status: 200,
    input: struct("UpdateAssetRequest", { ...asset, name: required(string(), "New name.") }),
    output: struct("UpdateAssetResponse", entry),
    errors: changeErrors,
  },
  DeleteAsset: {
    method: "DELETE",
    path,
    status: 204,
    input: struct("DeleteAssetRequest", asset),
    errors: changeErrors,
  },
} as const satisfies Record<string, Operation>;

/** Calls of a licensed API. Their host is `api-fulfill.` followed by the service's host. */

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
      responseHeaders: optional(map(string()), "Headers of the API's response."),
    }),
    errors: writeErrors,
  },
} as const satisfies Record<string, Operation>;
