import { checkInputs } from "../../../provider/core/check";
import { ARCHIVE, formatPath } from "../../../service-model/validate";
import { bodiesOf } from "./host";
import type { Refusal } from "./job-details";
import { encrypted, share, withDetails } from "./job-details";
import { dataSetId, revisionId, s3Export, s3Import } from "./samples";

/** The problems that `check` finds. `files` are the readable files with their sizes. */
export const problemsOf = async (
  inputs: object,
  files?: Record<string, number>,
): Promise<[path: string, code: string, message: string][]> => {
  const problems = await checkInputs({ ...inputs }, bodiesOf(undefined, files));
  return problems.map(({ path, code, message }) => [formatPath(path), code, message]);
};

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

const tagged = (...tags: object[]) => ({ ...s3Import(), assetConfiguration: { tags } });

/** Jobs whose type, details key or arguments are wrong. */
export const refusedArguments: Refusal[] = [
  ["an unknown type", { ...s3Import(), type: "IMPORT_EVERYTHING" }, "type", "unknown-value"],
  ["a type from an object's prototype", { ...s3Import(), type: "constructor" }, "type", "unknown-value"],
  ["no type", { details: {} }, "type", "missing-member"],
  ["no details", { type: "IMPORT_ASSETS_FROM_S3" }, "details", "missing-member"],
  ["details that are no object", { type: "IMPORT_ASSETS_FROM_S3", details: [] }, "details", "wrong-type"],
  [
    "the details of another type",
    { ...s3Import(), details: s3Export().details },
    "details.exportAssetsToS3",
    "wrong-details",
  ],
  [
    "only a wrong details key",
    { ...s3Import(), details: s3Export().details },
    "details.importAssetsFromS3",
    "missing-member",
  ],
  [
    "a second details key",
    { ...s3Import(), details: { ...s3Import().details, ...s3Export().details } },
    "details.exportAssetsToS3",
    "wrong-details",
  ],
  ["an argument that no Job has", { ...s3Import(), regoin: "us-east-1" }, "regoin", "unknown-member"],
  [
    "an argument named like a member of every object",
    { ...s3Import(), toString: "x" },
    "toString",
    "unknown-member",
  ],
  ["a region that is none", { ...s3Import(), region: "virginia" }, "region", "wrong-format"],
  [
    "a timeout that is no duration",
    { ...s3Import(), timeouts: { run: "two hours" } },
    "timeouts.run",
    "not-a-duration",
  ],
  [
    "a timeout of an unknown phase",
    { ...s3Import(), timeouts: { create: "1h" } },
    "timeouts.create",
    "unknown-member",
  ],
  ["an unknown way to adopt", { ...s3Import(), adopt: "always" }, "adopt", "unknown-value"],
  ["an unknown onDelete", { ...s3Import(), onDelete: "delete" }, "onDelete", "unknown-value"],
  ["an endpoint that is no URL", { ...s3Import(), endpoint: "localhost:4566" }, "endpoint", "not-a-url"],
  [
    "an endpoint with a password",
    { ...s3Import(), endpoint: "https://me:planted@proxy.example.org" },
    "endpoint",
    "url-with-password",
  ],
  [
    "a session name with a space",
    { ...s3Import(), assumeRole: { roleArn: "arn:aws:iam::123456789012:role/x", sessionName: "my name" } },
    "assumeRole.sessionName",
    "wrong-format",
  ],
  [
    "a role to assume that is none",
    { ...s3Import(), assumeRole: { roleArn: "me" } },
    "assumeRole.roleArn",
    "wrong-format",
  ],
  [
    "51 tags",
    tagged(...Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: "v" }))),
    "assetConfiguration.tags",
    "too-many-items",
  ],
  [
    "a tag that AWS keeps for itself",
    tagged({ key: "aws:owner", value: "me" }),
    "assetConfiguration.tags[0].key",
    "reserved-tag-key",
  ],
  [
    "the same tag twice",
    tagged({ key: "a", value: "1" }, { key: "b", value: "1" }, { key: "a", value: "2" }),
    "assetConfiguration.tags[2]",
    "duplicate-item",
  ],
  [
    "a tag's key of 129 characters",
    tagged({ key: "k".repeat(129), value: "v" }),
    "assetConfiguration.tags[0].key",
    "too-long",
  ],
  [
    "a tag's value of 257 characters",
    tagged({ key: "k", value: "v".repeat(257) }),
    "assetConfiguration.tags[0].value",
    "too-long",
  ],
  ["a tag without a name", tagged({ key: "", value: "v" }), "assetConfiguration.tags[0].key", "empty-value"],
  [
    "a tag with a character that tags do not have",
    tagged({ key: "k", value: "50%" }),
    "assetConfiguration.tags[0].value",
    "invalid-tag-character",
  ],
  [
    "an archive deep among the triggers",
    { ...s3Import(), triggers: { build: ["1", { files: ARCHIVE }] } },
    "triggers.build[1].files",
    "archive-not-asset",
  ],
];
