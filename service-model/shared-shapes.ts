/** Shapes that several job types or operations share. Constraints are those of the service's API model unless a source is named. */
import {
  kmsKeyArnMatchesType,
  uniqueItems,
  checkBucketName,
  checkId,
  checkKmsKeyArn,
  checkTagKey,
  checkTagValue,
} from "./rules";
import type { Infer } from "./shape";
import {
  boolean,
  documentedStruct,
  integer,
  list,
  map,
  oneOf,
  optional,
  required,
  string,
  timestamp,
} from "./shape";

const idShape = (name?: string) =>
  string({
    pattern: "[a-zA-Z0-9]{30,40}",
    meaning: "30 to 40 letters and digits",
    preview: { check: (value) => checkId(value, name) },
  });

export const id = idShape();

/**
 * The API model has no bounds, but no bucket or object has an empty name. Sources of the preview checks: S3 User Guide, general
 * purpose bucket naming rules and naming Amazon S3 objects.
 */
export const bucketName = string({
  minLength: 1,
  preview: {
    pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    meaning: "the name of a bucket: 3 to 63 lowercase letters, digits, dots and hyphens",
    check: checkBucketName,
  },
});
export const objectKey = string({ minLength: 1, preview: { maxBytes: 1024 } });

/** The API model has no pattern. Source of this one: Service Authorization Reference, resource types of Amazon Redshift. */
export const dataShareArn = string({
  minLength: 1,
  preview: {
    pattern: "arn:[^:\\s]+:redshift:[^:\\s]+:[0-9]{12}:datashare:[^/\\s]+/.+",
    meaning: "the ARN of a datashare, which ends in datashare:<namespace>/<name>",
  },
});

/** The API model has no pattern. Source of this one: Service Authorization Reference, resource types of AWS KMS. */
const kmsKeyArn = (resource: string, bounds: { minLength?: number; maxLength?: number } = {}) =>
  string({
    ...bounds,
    preview: {
      pattern: `arn:[^:\\s]+:kms:[^:\\s]+:[0-9]{12}:${resource}/.+`,
      meaning: "the ARN of a KMS key",
      check: checkKmsKeyArn,
    },
  });

/**
 * The service accepts 24 characters of base64, which are 16 to 18 bytes. An MD5 has 16, and the service compares it only after
 * the upload. Source: API model; job_test.go of Terraform's AWS provider sends 18 bytes.
 */
export const md5 = string({
  pattern: "(?:[A-Za-z0-9+/]{4}){5}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)",
  meaning: "the base64 form of an MD5, 24 characters long",
});

export const dataSetIdFor = (purpose: string) =>
  required(idShape("dataSetId"), `The data set ${purpose}. 30 to 40 letters and digits.`);
export const revisionIdFor = (purpose: string) =>
  required(idShape("revisionId"), `The revision ${purpose}. 30 to 40 letters and digits.`);

/** The revision that an import adds assets to. */
export const importTarget = {
  dataSetId: dataSetIdFor("that owns the revision"),
  revisionId: revisionIdFor("to import into. It must not be finalized"),
};

export const encryption = optional(
  documentedStruct(
    "ExportServerSideEncryption",
    "Server-side encryption of exported objects.",
    {
      type: required(
        oneOf("AES256", "aws:kms"),
        "Type of key: `AES256` for a key of S3, `aws:kms` for a KMS key.",
      ),
      kmsKeyArn: optional(
        kmsKeyArn("(?:key|alias)"),
        "ARN of the KMS key. Required with `aws:kms`, an error with `AES256`.",
      ),
    },
    [kmsKeyArnMatchesType],
  ),
  "Server-side encryption of the objects written. Default: the bucket's encryption.",
);
export type Encryption = Infer<typeof encryption.shape>;

export const kmsKeysToGrant = optional(
  list(
    documentedStruct(
      "KmsKeyToGrant",
      "A KMS key that encrypts shared objects. Subscribers may decrypt with it.",
      {
        kmsKeyArn: required(
          kmsKeyArn("key", { minLength: 1, maxLength: 2048 }),
          "ARN of the KMS key, 1 to 2048 characters.",
        ),
      },
    ),
    { minItems: 1, maxItems: 10, set: true },
  ),
  "KMS keys that encrypt the shared objects, 1 to 10. Data Exchange creates a grant for each. The order does not matter.",
);

/** Lake Formation tag conditions; both lists are sets. */
export const tagConditions = required(
  list(
    documentedStruct(
      "LFTag",
      "An LF-tag of Lake Formation: a key, and values of which a database or table has one.",
      {
        tagKey: required(string(), "Key of the LF-tag."),
        tagValues: required(
          list(string(), { set: true }),
          "Values of the LF-tag that match. The order does not matter.",
        ),
      },
    ),
    { set: true },
  ),
  "LF-tag conditions that a resource must meet. The order does not matter.",
);

/** The API model has no bounds for keys and values. Source: AWS General Reference, tag naming limits. */
export const assetConfiguration = documentedStruct(
  "AssetConfiguration",
  "Configuration of the assets that a job creates.",
  {
    tags: optional(
      list(
        documentedStruct("Tag", "A tag of an asset.", {
          key: required(
            string({ minLength: 1, maxLength: 128, check: checkTagKey }),
            "Key of the tag, 1 to 128 characters, unique among the tags.",
          ),
          value: required(
            string({ maxLength: 256, check: checkTagValue }),
            "Value of the tag, at most 256 characters.",
          ),
        }),
        { maxItems: 50, set: true },
      ),
      "Tags for the assets that the job creates, at most 50. The order does not matter. The stack's `aws:defaultTags` " +
        "are added when the job is created; a change of those does not start a job.",
    ),
  },
  [uniqueItems("tags", [["key"]], "key")],
);
export type AssetConfiguration = Infer<typeof assetConfiguration>;

export const dataSetId = required(id, "The data set.");
export const revisionId = required(id, "The revision.");
export const assetId = required(id, "The asset.");
export const jobId = required(id, "The job.");

export const tags = optional(map(string()), "Tags of the resource, keys and values.");

export const assetType = oneOf(
  "S3_SNAPSHOT",
  "REDSHIFT_DATA_SHARE",
  "API_GATEWAY_API",
  "S3_DATA_ACCESS",
  "LAKE_FORMATION_DATA_PERMISSION",
);
export type AssetType = Infer<typeof assetType>;

/** Members of every stored resource. */
export const identity = {
  id: required(id, "Id of the resource."),
  arn: required(string(), "ARN of the resource."),
  createdAt: required(timestamp(), "When it was created."),
  updatedAt: required(timestamp(), "When it was last changed."),
};

/** Members of a request for one page of a list. They are sent in the query string. */
export const paging = {
  maxResults: optional(integer({ min: 1, max: 200 }), "Maximum number of entries."),
  nextToken: optional(string(), "Token of the previous page."),
};

/** Set on entitled resources, and shown only to the account that owns the source. */
export const sourceId = optional(id, "Id of the owned resource behind this entitled one.");

export const nextToken = optional(string(), "Token for the next page. Absent on the last page.");

export const finalized = optional(boolean(), "Whether the revision is read-only.");
export const comment = optional(string({ maxLength: 16384 }), "Comment about the revision.");
