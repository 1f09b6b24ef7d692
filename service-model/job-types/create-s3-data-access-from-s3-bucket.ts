import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation } from "../permissions";
import { maxItemsTogether } from "../rules";
import { documentedStruct, list, optional, required, struct } from "../shape";
import { bucketName, kmsKeysToGrant, objectKey, importTarget } from "../shared-shapes";

export const createS3DataAccessFromS3Bucket: JobType = {
  type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
  detailsKey: "createS3DataAccessFromS3Bucket",
  summary: "shares an S3 bucket, or parts of it, in place as an asset of a revision",
  sentence: {
    predicate:
      "shares bucket {assetSource.bucket}[, its prefixes {assetSource.keyPrefixes}][, its keys {assetSource.keys}], " +
      "in place as an asset of {revision}",
  },
  details: struct("CreateS3DataAccessFromS3Bucket", {
    ...importTarget,
    assetSource: required(
      documentedStruct(
        "S3DataAccessAssetSourceEntry",
        "A bucket, or parts of it, that subscribers read in place.",
        {
          bucket: required(bucketName, "Bucket to share."),
          keyPrefixes: optional(
            list(objectKey, { set: true }),
            "Prefixes of the keys to share. At most five prefixes and keys together; the order does not matter.",
          ),
          keys: optional(
            list(objectKey, { set: true }),
            "Keys to share. At most five prefixes and keys together; the order does not matter.",
          ),
          kmsKeysToGrant,
        },
        [maxItemsTogether(5, "keyPrefixes", "keys")],
      ),
      "The bucket to share, or the parts of it. Without prefixes and keys, the whole bucket.",
    ),
  }),
  response: {},
  createsAssets: {
    assetKey: ["assetDetails", "s3DataAccessAsset", "bucket"],
    requestKey: ["assetSource", "bucket"],
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to create Amazon S3 data access assets from S3 buckets",
    value: 5,
    source: quotaSource,
  },
  assetTypes: ["S3_DATA_ACCESS"],
  permissions: [
    ...assetCreation,
    {
      // Source: user guide, "Publishing a product in AWS Data Exchange containing Amazon S3 data access".
      sid: "GrantKeys",
      actions: ["kms:CreateGrant"],
      resources: ["{assetSource.kmsKeysToGrant.kmsKeyArn}"],
    },
  ],
};
