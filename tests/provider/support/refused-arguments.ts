import type { Refusal } from "./job-details";
import { s3Export, s3Import } from "./samples";
import { ARCHIVE } from "../../../service-model/validate";

const tagged = (...tags: object[]) => ({ ...s3Import(), assetConfiguration: { tags } });

/** Jobs whose type, details key or arguments are wrong. */
export const refusedArguments: Refusal[] = [
  [
    "an unknown type",
    { ...s3Import(), type: "IMPORT_EVERYTHING" },
    "type",
    /must be one of IMPORT_ASSETS_FROM_S3, .*not a string of 17 characters$/,
  ],
  ["a type from an object's prototype", { ...s3Import(), type: "constructor" }, "type", /must be one of/],
  ["no type", { details: {} }, "type", /is required/],
  [
    "no details",
    { type: "IMPORT_ASSETS_FROM_S3" },
    "details",
    /is required, with the member importAssetsFromS3/,
  ],
  [
    "details that are no object",
    { type: "IMPORT_ASSETS_FROM_S3", details: [] },
    "details",
    /must be an object, not a list/,
  ],
  [
    "the details of another type",
    { ...s3Import(), details: s3Export().details },
    "details.exportAssetsToS3",
    /does not go with a job of type IMPORT_ASSETS_FROM_S3/,
  ],
  [
    "only a wrong details key",
    { ...s3Import(), details: s3Export().details },
    "details.importAssetsFromS3",
    /is required in a job of type IMPORT_ASSETS_FROM_S3/,
  ],
  [
    "a second details key",
    { ...s3Import(), details: { ...s3Import().details, ...s3Export().details } },
    "details.exportAssetsToS3",
    /takes importAssetsFromS3 alone/,
  ],
  [
    "an argument that no Job has",
    { ...s3Import(), regoin: "us-east-1" },
    "regoin",
    /is not known here; a Job takes type, details, upload, triggers, .*region/,
  ],
  [
    "an argument named like a member of every object",
    { ...s3Import(), toString: "x" },
    "toString",
    /is not known here/,
  ],
  [
    "a region that is none",
    { ...s3Import(), region: "virginia" },
    "region",
    /an AWS region such as us-east-1/,
  ],
  [
    "a timeout that is no duration",
    { ...s3Import(), timeouts: { run: "two hours" } },
    "timeouts.run",
    /^must be a duration such as "90s", "30m" or "2h"$/,
  ],
  [
    "a timeout of an unknown phase",
    { ...s3Import(), timeouts: { create: "1h" } },
    "timeouts.create",
    /is not known here; JobTimeouts takes request, queue, upload, run/,
  ],
  ["an unknown way to adopt", { ...s3Import(), adopt: "always" }, "adopt", /must be own or none/],
  [
    "an unknown onDelete",
    { ...s3Import(), onDelete: "delete" },
    "onDelete",
    /must be retain or deleteAssets/,
  ],
  [
    "an endpoint that is no URL",
    { ...s3Import(), endpoint: "localhost:4566" },
    "endpoint",
    /must be a URL that begins with http/,
  ],
  [
    "an endpoint with a password",
    { ...s3Import(), endpoint: "https://me:planted@proxy.example.org" },
    "endpoint",
    /^must hold no user name and no password; /,
  ],
  [
    "a session name with a space",
    { ...s3Import(), assumeRole: { roleArn: "arn:aws:iam::123456789012:role/x", sessionName: "my name" } },
    "assumeRole.sessionName",
    /^must be of letters, digits and _ \+ = , \. @ -, not a string of 7 characters$/,
  ],
  [
    "a role to assume that is none",
    { ...s3Import(), assumeRole: { roleArn: "me" } },
    "assumeRole.roleArn",
    /must be the ARN of an IAM role/,
  ],
  [
    "51 tags",
    tagged(...Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: "v" }))),
    "assetConfiguration.tags",
    /holds 51 items; the service takes at most 50/,
  ],
  [
    "a tag that AWS keeps for itself",
    tagged({ key: "aws:owner", value: "me" }),
    "assetConfiguration.tags[0].key",
    /^must not begin with aws:, which AWS keeps for its own tags$/,
  ],
  [
    "the same tag twice",
    tagged({ key: "a", value: "1" }, { key: "b", value: "1" }, { key: "a", value: "2" }),
    "assetConfiguration.tags[2]",
    /^names the same key as tags\[0\]$/,
  ],
  [
    "a tag's key of 129 characters",
    tagged({ key: "k".repeat(129), value: "v" }),
    "assetConfiguration.tags[0].key",
    /^must be at most 128 characters long, not 129$/,
  ],
  [
    "a tag's value of 257 characters",
    tagged({ key: "k", value: "v".repeat(257) }),
    "assetConfiguration.tags[0].value",
    /^must be at most 256 characters long, not 257$/,
  ],
  [
    "a tag without a name",
    tagged({ key: "", value: "v" }),
    "assetConfiguration.tags[0].key",
    /^must not be empty$/,
  ],
  [
    "a tag with a character that tags do not have",
    tagged({ key: "k", value: "50%" }),
    "assetConfiguration.tags[0].value",
    /^must hold letters, digits, spaces and _ \. : \/ = \+ - @ only$/,
  ],
  [
    "an archive deep among the triggers",
    { ...s3Import(), triggers: { build: ["1", { files: ARCHIVE }] } },
    "triggers.build[1].files",
    /^is an archive; give its files as assets of their own$/,
  ],
];
