/** A valid CreateJob for each type, with every member that the type knows. */
import { md5Of } from "../support";
import type { Json } from "./wire";
import { owner } from "./wire";
import type { World } from "./world";

const kms = { type: "aws:kms", kmsKeyArn: `arn:aws:kms:us-east-1:${owner}:key/k` };
const md5 = md5Of("body");

export async function validJobs(world: World): Promise<Json[]> {
  const { source, target } = world.buckets;
  const files = await world.revision("S3_SNAPSHOT");
  const shares = await world.revision("REDSHIFT_DATA_SHARE");
  const apis = await world.revision("API_GATEWAY_API");
  const accesses = await world.revision("S3_DATA_ACCESS");
  const permissions = await world.revision("LAKE_FORMATION_DATA_PERMISSION");
  const held = world.held.get("S3_SNAPSHOT")!;
  const { dataSetId, revisionId, assetId } = held;
  const expression = [{ tagKey: "team", tagValues: ["a"] }];
  const assetConfiguration = { tags: [{ key: "team", value: "a" }] };

  const details: Record<string, Json> = {
    IMPORT_ASSETS_FROM_S3: {
      importAssetsFromS3: { ...files, assetSources: [{ bucket: source, key: "a.csv" }] },
    },
    IMPORT_ASSET_FROM_SIGNED_URL: {
      importAssetFromSignedUrl: { ...files, assetName: "a", md5Hash: md5 },
    },
    IMPORT_ASSET_FROM_API_GATEWAY_API: {
      importAssetFromApiGatewayApi: {
        ...apis,
        apiId: "abc123",
        apiName: "prices",
        apiSpecificationMd5Hash: md5,
        protocolType: "REST",
        stage: "prod",
        apiDescription: "prices of today",
        apiKey: "planted",
      },
    },
    IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: {
      importAssetsFromRedshiftDataShares: { ...shares, assetSources: [{ dataShareArn: "arn" }] },
    },
    IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: {
      importAssetsFromLakeFormationTagPolicy: {
        ...permissions,
        catalogId: owner,
        roleArn: `arn:aws:iam::${owner}:role/grants`,
        database: { expression, permissions: ["DESCRIBE"] },
        table: { expression, permissions: ["SELECT"] },
      },
    },
    CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: {
      createS3DataAccessFromS3Bucket: {
        ...accesses,
        assetSource: {
          bucket: source,
          keyPrefixes: ["a"],
          keys: ["b.csv"],
          kmsKeysToGrant: [{ kmsKeyArn: kms.kmsKeyArn }],
        },
      },
    },
    EXPORT_ASSETS_TO_S3: {
      exportAssetsToS3: {
        dataSetId,
        revisionId,
        assetDestinations: [{ assetId, bucket: target, key: "a" }],
        encryption: kms,
      },
    },
    EXPORT_ASSET_TO_SIGNED_URL: { exportAssetToSignedUrl: held },
    EXPORT_REVISIONS_TO_S3: {
      exportRevisionsToS3: {
        dataSetId,
        revisionDestinations: [{ revisionId, bucket: target, keyPattern: "x/${Asset.Name}" }],
        encryption: kms,
      },
    },
  };
  return Object.entries(details).map(([type, held]) => ({ type, details: held, assetConfiguration }));
}
