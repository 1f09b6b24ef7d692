import type { Refusal } from "./job-details";
import {
  destination,
  encrypted,
  exportRevisions,
  lakeFormation,
  share,
  sources,
  withDetails,
} from "./job-details";
import { apiImport, assetId, dataSetId, revisionId, s3Export, s3Import, upload } from "./samples";

const ids = { dataSetId, revisionId };
const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Jobs of a right type whose details are wrong. */
export const refusedDetails: Refusal[] = [
  [
    "a missing field",
    withDetails(s3Import(), { revisionId: undefined }),
    "details.importAssetsFromS3.revisionId",
    "missing-member",
  ],
  [
    "a field that is null",
    withDetails(s3Import(), { revisionId: null }),
    "details.importAssetsFromS3.revisionId",
    "missing-member",
  ],
  [
    "an extra field",
    withDetails(s3Import(), { wildcard: "*" }),
    "details.importAssetsFromS3.wildcard",
    "unknown-member",
  ],
  [
    "a missing field deep in a list",
    withDetails(s3Import(), { assetSources: [...sources(3), { bucket: "source" }] }),
    "details.importAssetsFromS3.assetSources[3].key",
    "missing-member",
  ],
  [
    "an extra field deep in a list",
    withDetails(s3Import(), { assetSources: [{ bucket: "source", key: "k", version: "1" }] }),
    "details.importAssetsFromS3.assetSources[0].version",
    "unknown-member",
  ],
  [
    "an id that is too short",
    withDetails(s3Import(), { dataSetId: "d1" }),
    "details.importAssetsFromS3.dataSetId",
    "wrong-format",
  ],
  [
    "an id that ends with a line feed",
    withDetails(s3Import(), { dataSetId: `${dataSetId}\n` }),
    "details.importAssetsFromS3.dataSetId",
    "wrong-format",
  ],
  [
    "a number for a string",
    withDetails(s3Import(), { dataSetId: 5 }),
    "details.importAssetsFromS3.dataSetId",
    "wrong-type",
  ],
  [
    "an empty bucket name",
    withDetails(s3Import(), { assetSources: [{ bucket: "", key: "k" }] }),
    "details.importAssetsFromS3.assetSources[0].bucket",
    "empty-value",
  ],
  [
    "no sources at all",
    withDetails(s3Import(), { assetSources: [] }),
    "details.importAssetsFromS3.assetSources",
    "too-few-items",
  ],
  [
    "101 sources",
    withDetails(s3Import(), { assetSources: sources(101) }),
    "details.importAssetsFromS3.assetSources",
    "too-many-items",
  ],
  [
    "an object for a list",
    withDetails(s3Import(), { assetSources: { bucket: "source", key: "k" } }),
    "details.importAssetsFromS3.assetSources",
    "wrong-type",
  ],
  [
    "an unknown protocol",
    apiImport({ protocolType: "HTTP" }),
    "details.importAssetFromApiGatewayApi.protocolType",
    "unknown-value",
  ],
  [
    "a permission that databases do not have",
    lakeFormation({ database: { expression: [], permissions: ["SELECT"] } }),
    "details.importAssetsFromLakeFormationTagPolicy.database.permissions[0]",
    "unknown-value",
  ],
  [
    "an unknown permission on tables",
    lakeFormation({ table: { expression: [], permissions: ["DROP"] } }),
    "details.importAssetsFromLakeFormationTagPolicy.table.permissions[0]",
    "unknown-value",
  ],
  [
    "an account id of 11 digits",
    lakeFormation({ catalogId: "12345678901" }),
    "details.importAssetsFromLakeFormationTagPolicy.catalogId",
    "wrong-format",
  ],
  [
    "a role that is none",
    lakeFormation({ roleArn: "arn:aws:iam::123456789012:user/x" }),
    "details.importAssetsFromLakeFormationTagPolicy.roleArn",
    "wrong-format",
  ],
  [
    "aws:kms without its key",
    encrypted({ type: "aws:kms" }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    "missing-kms-key",
  ],
  [
    "aws:kms with a key that is null",
    encrypted({ type: "aws:kms", kmsKeyArn: null }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    "missing-kms-key",
  ],
  [
    "a KMS key with AES256",
    encrypted({ type: "AES256", kmsKeyArn }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    "unused-kms-key",
  ],
  [
    "six prefixes and keys together",
    share({ keyPrefixes: ["1", "2", "3"], keys: ["4", "5", "6"] }),
    "details.createS3DataAccessFromS3Bucket.assetSource",
    "too-many-items",
  ],
  [
    "no KMS keys in a list of them",
    share({ kmsKeysToGrant: [] }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant",
    "too-few-items",
  ],
  [
    "eleven KMS keys",
    share({ kmsKeysToGrant: Array(11).fill({ kmsKeyArn }) }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant",
    "too-many-items",
  ],
  [
    "a KMS key ARN of 2049 characters",
    share({ kmsKeysToGrant: [{ kmsKeyArn: "k".repeat(2049) }] }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant[0].kmsKeyArn",
    "too-long",
  ],
  [
    "an unknown placeholder",
    exportRevisions({ keyPattern: "${Asset.Name}/${Asset.Size}" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    "invalid-placeholder",
  ],
  [
    "a placeholder that is not closed",
    exportRevisions({ keyPattern: "${Asset.Name" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    "invalid-placeholder",
  ],
  [
    "a key pattern that tells no assets apart",
    exportRevisions({ keyPattern: "${Revision.Id}" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    "missing-placeholder",
  ],
  [
    "the same destination twice",
    withDetails(s3Export(), {
      assetDestinations: [destination, { ...destination, assetId: "b".repeat(32) }],
    }),
    "details.exportAssetsToS3.assetDestinations[1]",
    "duplicate-item",
  ],
  [
    "the same asset twice under its own name",
    withDetails(s3Export(), {
      assetDestinations: [
        { assetId, bucket: "source" },
        { assetId, bucket: "source" },
      ],
    }),
    "details.exportAssetsToS3.assetDestinations[1]",
    "duplicate-item",
  ],
  [
    "two revisions in one export",
    exportRevisions({}, { revisionId: "e".repeat(32) }),
    "details.exportRevisionsToS3.revisionDestinations",
    "too-many-items",
  ],
  [
    "an MD5 in hexadecimal",
    upload("x", {
      details: {
        importAssetFromSignedUrl: { ...ids, assetName: "n", md5Hash: "9dd4e461268c8034f5c8564e155c67a6" },
      },
    }),
    "details.importAssetFromSignedUrl.md5Hash",
    "wrong-format",
  ],
  [
    "an MD5 of 24 characters that are not 16 bytes",
    withDetails(upload(), { md5Hash: "A".repeat(24) }),
    "details.importAssetFromSignedUrl.md5Hash",
    "wrong-md5",
  ],
];
