import type { Refusal } from "./job-details";
import { encrypted, share, withDetails } from "./job-details";
import { dataSetId, revisionId, s3Import } from "./samples";

const fromBucket = (bucket: string) => withDetails(s3Import(), { assetSources: [{ bucket, key: "k" }] });
const bucket = "details.importAssetsFromS3.assetSources[0].bucket";
const keyOf = (key: string) => withDetails(s3Import(), { assetSources: [{ bucket: "source", key }] });
const kms = (kmsKeyArn: string) => encrypted({ type: "aws:kms", kmsKeyArn });
const kmsKey = "details.exportAssetsToS3.encryption.kmsKeyArn";
const grant = (kmsKeyArn: string) => share({ kmsKeysToGrant: [{ kmsKeyArn }] });

/** Names and ids that something else was given for. */
export const refusedNames: Refusal[] = [
  ["a bucket's ARN", fromBucket("arn:aws:s3:::source"), bucket, "not-a-bucket-name"],
  ["an s3:// URL", fromBucket("s3://source"), bucket, "not-a-bucket-name"],
  ["an https URL", fromBucket("https://source.s3.amazonaws.com"), bucket, "not-a-bucket-name"],
  ["a bucket's domain name", fromBucket("source.s3.eu-west-1.amazonaws.com"), bucket, "not-a-bucket-name"],
  ["a bucket with a path", fromBucket("source/2026"), bucket, "not-a-bucket-name"],
  ["an IP address", fromBucket("192.168.5.4"), bucket, "not-a-bucket-name"],
  ["two dots", fromBucket("source..a"), bucket, "not-a-bucket-name"],
  ...["Source Bucket", "source_a", "so", "s".repeat(64), "-source", "source.", "sourcé"].map(
    (name): Refusal => [`the bucket ${name}`, fromBucket(name), bucket, "wrong-format"],
  ),
  [
    "a key of 1,025 bytes in 342 characters",
    keyOf("€".repeat(341) + "ab"),
    "details.importAssetsFromS3.assetSources[0].key",
    "too-many-bytes",
  ],
  ["the alias of a KMS key", kms("alias/my-key"), kmsKey, "not-a-kms-key-arn"],
  ["the id of a KMS key", kms("1234abcd-12ab-34cd-56ef-1234567890ab"), kmsKey, "not-a-kms-key-arn"],
  ["the ARN of something else", kms("arn:aws:s3:::source"), kmsKey, "wrong-format"],
  [
    "the ARN of an alias, of which no grant can be made",
    grant("arn:aws:kms:us-east-1:123456789012:alias/my-key"),
    "details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant[0].kmsKeyArn",
    "wrong-format",
  ],
  [
    "the id of an aws.dataexchange.Revision",
    withDetails(s3Import(), { revisionId: `${dataSetId}:${revisionId}` }),
    "details.importAssetsFromS3.revisionId",
    "two-ids",
  ],
  [
    "the id of an aws.dataexchange.Revision as that of its data set",
    withDetails(s3Import(), { dataSetId: `${dataSetId}:${revisionId}` }),
    "details.importAssetsFromS3.dataSetId",
    "two-ids",
  ],
  [
    "an ARN for an id",
    withDetails(s3Import(), {
      dataSetId: `arn:aws:dataexchange:us-east-1:123456789012:data-sets/${dataSetId}`,
    }),
    "details.importAssetsFromS3.dataSetId",
    "arn-not-id",
  ],
];
