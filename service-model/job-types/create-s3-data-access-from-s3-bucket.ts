import { bucketName, dataSetId, kmsKeysToGrant, objectKey, revisionId } from "../shared-shapes";
import type { JobType } from "../job-type";
import { serviceQuotas } from "../job-type";
import { createsAssets } from "../permissions";
import { atMostTogether } from "../cross-member-rules";
import { list, optional, required, struct } from "../shape";

export const createS3DataAccessFromS3Bucket: JobType = {
  type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
  detailsKey: "createS3DataAccessFromS3Bucket",
  does: "shares an S3 bucket, or parts of it, in place as an asset of a revision",
  words: {
    predicate:
      "shares bucket {assetSource.bucket}[, its prefixes {assetSource.keyPrefixes}][, its keys {assetSource.keys}], " +
      "in place as an asset of {revision}",
  },
  details: struct("CreateS3DataAccessFromS3Bucket", {
    dataSetId: dataSetId("that owns the revision"),
    revisionId: revisionId("to import into; it must not be finalized"),
    assetSource: required(
      struct(
        "S3DataAccessAssetSourceEntry",
        {
          bucket: required(bucketName, "Bucket that is shared."),
          keyPrefixes: optional(
            list(objectKey, { set: true }),
            "Prefixes of the keys to share. At most five prefixes and keys together; order means nothing.",
          ),
          keys: optional(
            list(objectKey, { set: true }),
            "Keys to share. At most five prefixes and keys together; order means nothing.",
          ),
          kmsKeysToGrant,
        },
        [atMostTogether(5, "keyPrefixes", "keys")],
      ),
      "What to share. Without prefixes and keys, the whole bucket.",
    ),
  }),
  response: {},
  makes: { mark: ["assetDetails", "s3DataAccessAsset", "bucket"], from: ["assetSource", "bucket"] },
  concurrency: {
    limitName: "Concurrent in progress jobs to create Amazon S3 data access assets from S3 buckets",
    value: 5,
    source: serviceQuotas,
  },
  assetTypes: ["S3_DATA_ACCESS"],
  permissions: [
    ...createsAssets,
    {
      // Source: user guide, "Publishing a product in AWS Data Exchange containing Amazon S3 data access".
      sid: "GrantKeys",
      actions: ["kms:CreateGrant"],
      on: ["{assetSource.kmsKeysToGrant.kmsKeyArn}"],
    },
  ],
};
