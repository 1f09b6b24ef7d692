/** Shapes that several job types share. Constraints are those of the service's API model unless a source is named. */
import { keyArnOnlyWithKms } from "./rules";
import type { Member } from "./shape";
import { list, oneOf, optional, required, string, struct } from "./shape";

export const id = string({ pattern: "[a-zA-Z0-9]{30,40}", meaning: "30 to 40 letters and digits" });

/** The API model gives no bounds; an empty name can be no bucket and no object. */
export const bucketName = string({ minLength: 1 });
export const objectKey = string({ minLength: 1 });

/**
 * What the service accepts: 24 characters of base64, which hold 16 to 18 bytes. An MD5 has 16, and the service compares
 * only when the body has come. Source: API model; job_test.go of Terraform's AWS provider sends 18 bytes.
 */
export const md5 = string({
  pattern: "(?:[A-Za-z0-9+/]{4}){5}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)",
  meaning: "the base64 form of an MD5, 24 characters long",
});

export const dataSetId = (purpose: string): Member =>
  required(id, `The data set ${purpose}. 30 to 40 letters and digits.`);
export const revisionId = (purpose: string): Member =>
  required(id, `The revision ${purpose}. 30 to 40 letters and digits.`);

export const encryption = optional(
  struct(
    "ExportServerSideEncryption",
    {
      type: required(
        oneOf("AES256", "aws:kms"),
        "Who holds the key: `AES256` for S3's own, `aws:kms` for a KMS key.",
      ),
      kmsKeyArn: optional(string(), "ARN of the KMS key. Required with `aws:kms`, refused with `AES256`."),
    },
    [keyArnOnlyWithKms],
  ),
  "Server-side encryption of the objects written. Without it, the bucket's own default applies.",
);

export const kmsKeysToGrant = optional(
  list(
    struct("KmsKeyToGrant", {
      kmsKeyArn: required(
        string({ minLength: 1, maxLength: 2048 }),
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

export const assetConfiguration = struct("AssetConfiguration", {
  tags: optional(
    list(
      struct("Tag", {
        key: required(string(), "Key of the tag."),
        value: required(string(), "Value of the tag."),
      }),
      { maxItems: 50, set: true },
    ),
    "Tags for the assets that the job makes, at most 50. Order means nothing.",
  ),
});
