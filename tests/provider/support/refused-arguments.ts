import type { Refusal } from "./job-details";
import { s3Export, s3Import } from "./samples";

/** Jobs whose type, details key or arguments are wrong. */
export const refusedArguments: Refusal[] = [
  [
    "an unknown type",
    { ...s3Import(), type: "IMPORT_EVERYTHING" },
    "type",
    /must be one of IMPORT_ASSETS_FROM_S3, .*it is "IMPORT_EVERYTHING"/,
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
    /must be a duration such as "90s", "30m" or "2h", not "two hours"/,
  ],
  [
    "a timeout of an unknown phase",
    { ...s3Import(), timeouts: { create: "1h" } },
    "timeouts.create",
    /is not known here; JobTimeouts takes request, queue, upload, run/,
  ],
  [
    "an unknown way to adopt",
    { ...s3Import(), adopt: "always" },
    "adopt",
    /must be recent, unfinished, all or none/,
  ],
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
    "a role to assume that is none",
    { ...s3Import(), assumeRole: { roleArn: "me" } },
    "assumeRole.roleArn",
    /must be the ARN of an IAM role/,
  ],
  [
    "51 tags",
    { ...s3Import(), assetConfiguration: { tags: Array(51).fill({ key: "k", value: "v" }) } },
    "assetConfiguration.tags",
    /holds 51 items; the service takes at most 50/,
  ],
];
