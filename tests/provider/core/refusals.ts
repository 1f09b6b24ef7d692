/** Inputs that `check` refuses, each with the path and the code of its problem. */
import { checkInputs } from "../../../provider/core/check";
import { ARCHIVE, formatPath } from "../../../service-model/validate";
import { bodiesOf } from "../../simulation/host";
import {
  assetId,
  apiImport,
  dataSetId,
  revisionId,
  s3Export,
  s3Import,
  tagPolicyImport,
  upload,
} from "../../simulation/samples";

type Json = Record<string, unknown>;

/** The problems that `check` finds. `files` are the readable files with their sizes. */
export const problemsOf = async (
  inputs: object,
  files?: Record<string, number>,
): Promise<[path: string, code: string, message: string][]> => {
  const problems = await checkInputs({ ...inputs }, bodiesOf(undefined, files));
  return problems.map(({ path, code, message }) => [formatPath(path), code, message]);
};

const ids = { dataSetId, revisionId };
const aws = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
const roleArn = "arn:aws:iam::123456789012:role/x";
const kmsKeyArn = aws("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab");

export const withDetails = (inputs: { type: string; details: Record<string, Json> }, change: Json) => {
  const [key] = Object.keys(inputs.details) as [string];
  return { ...inputs, details: { [key]: { ...inputs.details[key], ...change } } };
};
export const sources = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ bucket: "source", key: `k${i}` }));
export const share = (assetSource: Json) => ({
  type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
  details: { createS3DataAccessFromS3Bucket: { ...ids, assetSource: { bucket: "source", ...assetSource } } },
});
const exportRevisions = (...destinations: Json[]) => {
  const revisionDestinations = destinations.map((more) => ({ revisionId, bucket: "source", ...more }));
  return {
    type: "EXPORT_REVISIONS_TO_S3",
    details: { exportRevisionsToS3: { dataSetId, revisionDestinations } },
  };
};
export const withKeyPattern = (keyPattern?: string) => exportRevisions({ ...(keyPattern && { keyPattern }) });

type Row<Given> = [what: string, given: Given, path: string, code: string];
export type Refusal = Row<object>;

/** Rows with the same function for their inputs, and the same start of their paths. */
const refuse = <Given>(prefix: string, build: (given: Given) => object, rows: Row<Given>[]): Refusal[] =>
  rows.map(([what, given, path, code]) => [what, build(given), prefix + path, code]);

const importOf = (change: Json) => withDetails(s3Import(), change);
const sourcesOf = (assetSources: unknown) => importOf({ assetSources });
const policyOf = (change: Json) => withDetails(tagPolicyImport(), change);
const destinationsOf = (assetDestinations: Json[]) => withDetails(s3Export(), { assetDestinations });
const encryptedBy = (encryption: Json) => withDetails(s3Export(), { encryption });
const grantOf = (arn: string) => share({ kmsKeysToGrant: [{ kmsKeyArn: arn }] });
const taggedWith = (pairs: [key: string, value: string][]) => {
  const tags = pairs.map(([key, value]) => ({ key, value }));
  return { ...s3Import(), assetConfiguration: { tags } };
};
const twoIds = `${dataSetId}:${revisionId}`;
const permit = (permission: string) => ({ expression: [], permissions: [permission] });
const twoRevisions = "details.exportRevisionsToS3.revisionDestinations";
const longKey = "€".repeat(341) + "ab";
const unnamed = { assetId, bucket: "source" };
const destination = { assetId, bucket: "source", key: "k" };

const refusedDetails: Refusal[] = [
  ...refuse("details.importAssetsFromS3.", importOf, [
    ["a missing field", { revisionId: undefined }, "revisionId", "missing-member"],
    ["a field that is null", { revisionId: null }, "revisionId", "missing-member"],
    ["an extra field", { wildcard: "*" }, "wildcard", "unknown-member"],
    ["an id that is too short", { dataSetId: "d1" }, "dataSetId", "wrong-format"],
    ["an id that ends with a line feed", { dataSetId: `${dataSetId}\n` }, "dataSetId", "wrong-format"],
    ["a number for a string", { dataSetId: 5 }, "dataSetId", "wrong-type"],
    ["the id of an aws.dataexchange.Revision", { revisionId: twoIds }, "revisionId", "two-ids"],
    ["a Revision's id", { dataSetId: twoIds }, "dataSetId", "two-ids"],
    ["an ARN for an id", { dataSetId: aws("dataexchange", "data-sets/d") }, "dataSetId", "arn-not-id"],
  ]),
  ...refuse("details.importAssetsFromS3.assetSources", sourcesOf, [
    ["a list item without a field", [...sources(3), { bucket: "source" }], "[3].key", "missing-member"],
    ["an item with an extra field", [{ bucket: "b", key: "k", a: 1 }], "[0].a", "unknown-member"],
    ["an empty bucket name", [{ bucket: "", key: "k" }], "[0].bucket", "empty-value"],
    ["no sources", [], "", "too-few-items"],
    ["101 sources", sources(101), "", "too-many-items"],
    ["an object for a list", { bucket: "source", key: "k" }, "", "wrong-type"],
    ["a key of 1,025 bytes", [{ bucket: "source", key: longKey }], "[0].key", "too-many-bytes"],
  ]),
  ...refuse("details.importAssetFromApiGatewayApi.", apiImport, [
    ["an unknown protocol", { protocolType: "HTTP" }, "protocolType", "unknown-value"],
  ]),
  ...refuse("details.importAssetsFromLakeFormationTagPolicy.", policyOf, [
    ["SELECT on a database", { database: permit("SELECT") }, "database.permissions[0]", "unknown-value"],
    ["an unknown permission", { table: permit("DROP") }, "table.permissions[0]", "unknown-value"],
    ["an account id of 11 digits", { catalogId: "12345678901" }, "catalogId", "wrong-format"],
    ["the ARN of a user for a role's", { roleArn: aws("iam", "user/x") }, "roleArn", "wrong-format"],
  ]),
  ...refuse("details.exportAssetsToS3.encryption.kmsKeyArn", encryptedBy, [
    ["aws:kms without its key", { type: "aws:kms" }, "", "missing-kms-key"],
    ["aws:kms with a null key", { type: "aws:kms", kmsKeyArn: null }, "", "missing-kms-key"],
    ["a KMS key with AES256", { type: "AES256", kmsKeyArn }, "", "unused-kms-key"],
    ["a KMS alias", { type: "aws:kms", kmsKeyArn: "alias/my-key" }, "", "not-a-kms-key-arn"],
    ["a KMS key id", { type: "aws:kms", kmsKeyArn: "1234abcd-12ab" }, "", "not-a-kms-key-arn"],
    ["a bucket's ARN", { type: "aws:kms", kmsKeyArn: "arn:aws:s3:::b" }, "", "wrong-format"],
  ]),
  ...refuse("details.exportAssetsToS3.assetDestinations", destinationsOf, [
    ["the same destination twice", [destination, { ...destination, assetId: "b" }], "[1]", "duplicate-item"],
    ["the same asset twice without a key", [unnamed, unnamed], "[1]", "duplicate-item"],
  ]),
  ...refuse("details.createS3DataAccessFromS3Bucket.assetSource", share, [
    ["six prefixes and keys together", { keyPrefixes: [..."123"], keys: [..."456"] }, "", "too-many-items"],
    ["an empty list of KMS keys", { kmsKeysToGrant: [] }, ".kmsKeysToGrant", "too-few-items"],
    ["11 KMS keys", { kmsKeysToGrant: Array(11).fill({ kmsKeyArn }) }, ".kmsKeysToGrant", "too-many-items"],
  ]),
  ...refuse("details.createS3DataAccessFromS3Bucket.assetSource.kmsKeysToGrant[0].", grantOf, [
    ["a KMS key ARN of 2049 characters", "k".repeat(2049), "kmsKeyArn", "too-long"],
    ["the ARN of a KMS alias", aws("kms", "alias/a"), "kmsKeyArn", "wrong-format"],
  ]),
  ...refuse("details.exportRevisionsToS3.revisionDestinations[0].", withKeyPattern, [
    ["an unknown placeholder", "${Asset.Name}/${Asset.Size}", "keyPattern", "invalid-placeholder"],
    ["an unclosed placeholder", "${Asset.Name", "keyPattern", "invalid-placeholder"],
    ["a key pattern with one key for all assets", "${Revision.Id}", "keyPattern", "missing-placeholder"],
  ]),
  ["two revisions in one export", exportRevisions({}, {}), twoRevisions, "too-many-items"],
  ...refuse("details.importAssetFromSignedUrl.", (md5Hash: string) => withDetails(upload(), { md5Hash }), [
    ["an MD5 in hexadecimal", "9dd4e461268c8034f5c8564e155c67a6", "md5Hash", "wrong-format"],
    ["an MD5 of 24 characters that are not 16 bytes", "A".repeat(24), "md5Hash", "wrong-md5"],
  ]),
];

/** Invalid bucket names, by the code of their problem. */
const buckets = {
  "not-a-bucket-name": [
    ...[
      "arn:aws:s3:::source",
      "s3://source",
      "https://source.s3.amazonaws.com",
      "source/2026",
      "192.168.5.4",
    ],
    ...["source.s3.eu-west-1.amazonaws.com", "source..a"],
  ],
  "wrong-format": ["Source Bucket", "source_a", "so", "s".repeat(64), "-source", "source.", "sourcé"],
};

const refusedBuckets = Object.entries(buckets).flatMap(([code, names]) =>
  names.map((bucket): Refusal => {
    const path = "details.importAssetsFromS3.assetSources[0].bucket";
    return [`the bucket ${bucket}`, importOf({ assetSources: [{ bucket, key: "k" }] }), path, code];
  }),
);

const wrongDetails = s3Export().details;
const bothDetails = { ...s3Import().details, ...wrongDetails };

const refusedArguments: Refusal[] = [
  ["no type", { details: {} }, "type", "missing-member"],
  ["no details", { type: "IMPORT_ASSETS_FROM_S3" }, "details", "missing-member"],
  ...refuse("", (change: object) => ({ ...s3Import(), ...change }), [
    ["an unknown type", { type: "IMPORT_EVERYTHING" }, "type", "unknown-value"],
    ["a type from an object's prototype", { type: "constructor" }, "type", "unknown-value"],
    ["a list for the details", { details: [] }, "details", "wrong-type"],
    ["the details of another type", { details: wrongDetails }, "details.exportAssetsToS3", "wrong-details"],
    ["no details of the type", { details: wrongDetails }, "details.importAssetsFromS3", "missing-member"],
    ["a second details key", { details: bothDetails }, "details.exportAssetsToS3", "wrong-details"],
    ["an unknown argument", { regoin: "us-east-1" }, "regoin", "unknown-member"],
    ["an argument named like a member of every object", { toString: "x" }, "toString", "unknown-member"],
    ["an invalid region", { region: "virginia" }, "region", "wrong-format"],
    ["an invalid duration", { timeouts: { run: "two hours" } }, "timeouts.run", "not-a-duration"],
    ["a timeout of an unknown phase", { timeouts: { create: "1h" } }, "timeouts.create", "unknown-member"],
    ["an unknown adopt", { adopt: "always" }, "adopt", "unknown-value"],
    ["an unknown onDelete", { onDelete: "delete" }, "onDelete", "unknown-value"],
    ["an endpoint without a scheme", { endpoint: "localhost:4566" }, "endpoint", "not-a-url"],
    ["an endpoint with a password", { endpoint: "https://me:pw@a.org" }, "endpoint", "url-with-password"],
    ["an archive as a trigger", { triggers: [{ a: ARCHIVE }] }, "triggers[0].a", "archive-not-asset"],
  ]),
  ...refuse("assumeRole.", (assumeRole: object) => ({ ...s3Import(), assumeRole }), [
    ["a session name with a space", { roleArn, sessionName: "my name" }, "sessionName", "wrong-format"],
    ["a role without an ARN", { roleArn: "me" }, "roleArn", "wrong-format"],
  ]),
  ...refuse("assetConfiguration.tags", taggedWith, [
    ["51 tags", Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"]), "", "too-many-items"],
    ["a tag with the prefix that AWS reserves", [["aws:owner", "me"]], "[0].key", "reserved-tag-key"],
    ["the same tag twice", [..."aba"].map((key, i) => [key, `${i}`]), "[2]", "duplicate-item"],
    ["a tag's key of 129 characters", [["k".repeat(129), "v"]], "[0].key", "too-long"],
    ["a tag's value of 257 characters", [["k", "v".repeat(257)]], "[0].value", "too-long"],
    ["a tag without a key", [["", "v"]], "[0].key", "empty-value"],
    ["a tag with a percent sign", [["k", "50%"]], "[0].value", "invalid-tag-character"],
  ]),
];

export const refusals = [...refusedArguments, ...refusedDetails, ...refusedBuckets];
