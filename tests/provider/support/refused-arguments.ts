import type { Refusal } from "./job-details";
import { s3Export, s3Import } from "./samples";
import { ARCHIVE } from "../../../service-model/validate";

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
