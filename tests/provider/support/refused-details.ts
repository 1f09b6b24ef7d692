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
    /^is required$/,
  ],
  [
    "a field that is null",
    withDetails(s3Import(), { revisionId: null }),
    "details.importAssetsFromS3.revisionId",
    /^is required$/,
  ],
  [
    "an extra field",
    withDetails(s3Import(), { wildcard: "*" }),
    "details.importAssetsFromS3.wildcard",
    /is not known here; ImportAssetsFromS3 takes dataSetId, revisionId, assetSources/,
  ],
  [
    "a missing field deep in a list",
    withDetails(s3Import(), { assetSources: [...sources(3), { bucket: "source" }] }),
    "details.importAssetsFromS3.assetSources[3].key",
    /^is required$/,
  ],
  [
    "an extra field deep in a list",
    withDetails(s3Import(), { assetSources: [{ bucket: "source", key: "k", version: "1" }] }),
    "details.importAssetsFromS3.assetSources[0].version",
    /is not known here/,
  ],
  [
    "an id that is too short",
    withDetails(s3Import(), { dataSetId: "d1" }),
    "details.importAssetsFromS3.dataSetId",
    /must be 30 to 40 letters and digits, not a string of 2 characters$/,
  ],
  [
    "an id that ends with a line feed",
    withDetails(s3Import(), { dataSetId: `${dataSetId}\n` }),
    "details.importAssetsFromS3.dataSetId",
    /must be 30 to 40/,
  ],
  [
    "a number for a string",
    withDetails(s3Import(), { dataSetId: 5 }),
    "details.importAssetsFromS3.dataSetId",
    /must be a string, not a number$/,
  ],
  [
    "an empty bucket name",
    withDetails(s3Import(), { assetSources: [{ bucket: "", key: "k" }] }),
    "details.importAssetsFromS3.assetSources[0].bucket",
    /must not be empty/,
  ],
  [
    "no sources at all",
    withDetails(s3Import(), { assetSources: [] }),
    "details.importAssetsFromS3.assetSources",
    /must not be empty/,
  ],
  [
    "101 sources",
    withDetails(s3Import(), { assetSources: sources(101) }),
    "details.importAssetsFromS3.assetSources",
    /holds 101 items; the service takes at most 100 \(“Assets per import job from Amazon S3”\)/,
  ],
  [
    "an object for a list",
    withDetails(s3Import(), { assetSources: { bucket: "source", key: "k" } }),
    "details.importAssetsFromS3.assetSources",
    /must be a list, not an object/,
  ],
  [
    "an unknown protocol",
    apiImport({ protocolType: "HTTP" }),
    "details.importAssetFromApiGatewayApi.protocolType",
    /must be REST, not a string of 4 characters$/,
  ],
  [
    "a permission that databases do not have",
    lakeFormation({ database: { expression: [], permissions: ["SELECT"] } }),
    "details.importAssetsFromLakeFormationTagPolicy.database.permissions[0]",
    /must be DESCRIBE, not a string of 6 characters$/,
  ],
  [
    "an unknown permission on tables",
    lakeFormation({ table: { expression: [], permissions: ["DROP"] } }),
    "details.importAssetsFromLakeFormationTagPolicy.table.permissions[0]",
    /must be DESCRIBE or SELECT/,
  ],
  [
    "an account id of 11 digits",
    lakeFormation({ catalogId: "12345678901" }),
    "details.importAssetsFromLakeFormationTagPolicy.catalogId",
    /an AWS account id of 12 digits/,
  ],
  [
    "a role that is none",
    lakeFormation({ roleArn: "arn:aws:iam::123456789012:user/x" }),
    "details.importAssetsFromLakeFormationTagPolicy.roleArn",
    /the ARN of an IAM role/,
  ],
  [
    "aws:kms without its key",
    encrypted({ type: "aws:kms" }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    /is required when the encryption type is aws:kms/,
  ],
  [
    "aws:kms with a key that is null",
    encrypted({ type: "aws:kms", kmsKeyArn: null }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    /is required when the encryption type is aws:kms/,
  ],
  [
    "a KMS key with AES256",
    encrypted({ type: "AES256", kmsKeyArn }),
    "details.exportAssetsToS3.encryption.kmsKeyArn",
    /goes with the encryption type aws:kms only/,
  ],
  [
    "six prefixes and keys together",
    share({ keyPrefixes: ["1", "2", "3"], keys: ["4", "5", "6"] }),
    "details.createS3DataAccessFromS3Bucket.assetSource",
    /holds 6 keyPrefixes and keys together; the service takes at most 5/,
  ],
  [
    "no KMS keys in a list of them",
    share({ kmsKeysToGrant: [] }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant",
    /must not be empty/,
  ],
  [
    "eleven KMS keys",
    share({ kmsKeysToGrant: Array(11).fill({ kmsKeyArn }) }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant",
    /holds 11 items; the service takes at most 10/,
  ],
  [
    "a KMS key ARN of 2049 characters",
    share({ kmsKeysToGrant: [{ kmsKeyArn: "k".repeat(2049) }] }),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant[0].kmsKeyArn",
    /at most 2048 characters long, not 2049/,
  ],
  [
    "an unknown placeholder",
    exportRevisions({ keyPattern: "${Asset.Name}/${Asset.Size}" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    /^has a placeholder at character 15 that is none of .*\$\{Revision\.Id\}$/,
  ],
  [
    "a placeholder that is not closed",
    exportRevisions({ keyPattern: "${Asset.Name" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    /^has a placeholder at character 1 that is not closed$/,
  ],
  [
    "a key pattern that tells no assets apart",
    exportRevisions({ keyPattern: "${Revision.Id}" }),
    "details.exportRevisionsToS3.revisionDestinations[0].keyPattern",
    /must hold \$\{Asset\.Name\} or \$\{Asset\.Id\}/,
  ],
  [
    "the same destination twice",
    withDetails(s3Export(), {
      assetDestinations: [destination, { ...destination, assetId: "b".repeat(32) }],
    }),
    "details.exportAssetsToS3.assetDestinations[1]",
    /names the same destination as assetDestinations\[0\]/,
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
    /names the same destination/,
  ],
  [
    "two revisions in one export",
    exportRevisions({}, { revisionId: "e".repeat(32) }),
    "details.exportRevisionsToS3.revisionDestinations",
    /holds 2 items; the service takes at most 1$/,
  ],
  [
    "an MD5 in hexadecimal",
    upload("x", {
      details: {
        importAssetFromSignedUrl: { ...ids, assetName: "n", md5Hash: "9dd4e461268c8034f5c8564e155c67a6" },
      },
    }),
    "details.importAssetFromSignedUrl.md5Hash",
    /the base64 form of an MD5, 24 characters long/,
  ],
  [
    "an MD5 of 24 characters that are not 16 bytes",
    withDetails(upload(), { md5Hash: "A".repeat(24) }),
    "details.importAssetFromSignedUrl.md5Hash",
    /is not the MD5 of what is uploaded/,
  ],
];
