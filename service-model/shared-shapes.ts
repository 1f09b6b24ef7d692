/** Shapes that several job types share. Constraints are those of the service's API model unless a source is named. */
import { wrongBucket, wrongId, wrongKmsKey, wrongTagKey, wrongTagValue } from "./mistakes";
import { keyArnOnlyWithKms, noTwoAlike } from "./cross-member-rules";
import type { Member } from "./shape";
import { list, oneOf, optional, required, string, struct } from "./shape";

const idOf = (name?: string) =>
  string({
    pattern: "[a-zA-Z0-9]{30,40}",
    meaning: "30 to 40 letters and digits",
    preview: { mistake: (value) => wrongId(value, name) },
  });

export const id = idOf();

/**
 * The API model gives no bounds; an empty name can be no bucket and no object. Sources of what a preview refuses: S3 User
 * Guide, general purpose bucket naming rules and naming Amazon S3 objects.
 */
export const bucketName = string({
  minLength: 1,
  preview: {
    pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    meaning: "the name of a bucket: 3 to 63 lowercase letters, digits, dots and hyphens",
    mistake: wrongBucket,
  },
});
export const objectKey = string({ minLength: 1, preview: { maxBytes: 1024 } });

/** The API model knows no pattern. Source of it: Service Authorization Reference, resource types of Amazon Redshift. */
export const dataShareArn = string({
  minLength: 1,
  preview: {
    pattern: "arn:[^:\\s]+:redshift:[^:\\s]+:[0-9]{12}:datashare:[^/\\s]+/.+",
    meaning: "the ARN of a datashare, which ends in datashare:<namespace>/<name>",
  },
});

/** The API model knows no pattern. Source of it: Service Authorization Reference, resource types of AWS KMS. */
const kmsKeyArn = (resource: string, bounds: { minLength?: number; maxLength?: number } = {}) =>
  string({
    ...bounds,
    preview: {
      pattern: `arn:[^:\\s]+:kms:[^:\\s]+:[0-9]{12}:${resource}/.+`,
      meaning: "the ARN of a KMS key",
      mistake: wrongKmsKey,
    },
  });

/**
 * What the service accepts: 24 characters of base64, which hold 16 to 18 bytes. An MD5 has 16, and the service compares
 * only when the body has come. Source: API model; job_test.go of Terraform's AWS provider sends 18 bytes.
 */
export const md5 = string({
  pattern: "(?:[A-Za-z0-9+/]{4}){5}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)",
  meaning: "the base64 form of an MD5, 24 characters long",
});

export const dataSetId = (purpose: string): Member =>
  required(idOf("dataSetId"), `The data set ${purpose}. 30 to 40 letters and digits.`);
export const revisionId = (purpose: string): Member =>
  required(idOf("revisionId"), `The revision ${purpose}. 30 to 40 letters and digits.`);

export const encryption = optional(
  struct(
    "ExportServerSideEncryption",
    {
      type: required(
        oneOf("AES256", "aws:kms"),
        "Who holds the key: `AES256` for S3's own, `aws:kms` for a KMS key.",
      ),
      kmsKeyArn: optional(
        kmsKeyArn("(?:key|alias)"),
        "ARN of the KMS key. Required with `aws:kms`, refused with `AES256`.",
      ),
    },
    [keyArnOnlyWithKms],
  ),
  "Server-side encryption of the objects written. Without it, the bucket's own default applies.",
);

export const kmsKeysToGrant = optional(
  list(
    struct("KmsKeyToGrant", {
      kmsKeyArn: required(
        kmsKeyArn("key", { minLength: 1, maxLength: 2048 }),
        "ARN of the KMS key, 1 to 2048 characters.",
      ),
    }),
    { minItems: 1, maxItems: 10, set: true },
  ),
  "KMS keys that encrypt the shared objects, 1 to 10; Data Exchange makes a grant for each. Order means nothing.",
);

/** Lake Formation tag conditions; both lists are sets. */
export const tagConditions = required(
  list(
    struct("LFTag", {
      tagKey: required(string(), "Key of the LF-tag."),
      tagValues: required(
        list(string(), { set: true }),
        "Values of the LF-tag that match. Order means nothing.",
      ),
    }),
    { set: true },
  ),
  "LF-tag conditions that a resource must meet. Order means nothing.",
);

/** The API model gives no bounds for keys and values. Source: AWS General Reference, tag naming limits. */
export const assetConfiguration = struct(
  "AssetConfiguration",
  {
    tags: optional(
      list(
        struct("Tag", {
          key: required(
            string({ minLength: 1, maxLength: 128, check: wrongTagKey }),
            "Key of the tag, 1 to 128 characters; no two tags have the same.",
          ),
          value: required(
            string({ maxLength: 256, check: wrongTagValue }),
            "Value of the tag, at most 256 characters.",
          ),
        }),
        { maxItems: 50, set: true },
      ),
      "Tags for the assets that the job makes, at most 50. Order means nothing. The stack's `aws:defaultTags` " +
        "come on top when the job is made; a change of those starts no job.",
    ),
  },
  [noTwoAlike("tags", [["key"]], "key")],
);
