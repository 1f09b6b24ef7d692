/** Checks that a shape cannot express: conditions between members, and common mistakes. */
import type { Fault, Rule } from "./shape";

/** Source: API reference, ExportServerSideEncryption. */
export const kmsKeyArnMatchesType: Rule = ({ type, kmsKeyArn }, report) => {
  if (type === "aws:kms" && (kmsKeyArn ?? undefined) === undefined) {
    report(["kmsKeyArn"], "missing-kms-key", "is required when the encryption type is aws:kms");
  }
  if (type === "AES256" && typeof kmsKeyArn === "string") {
    report(
      ["kmsKeyArn"],
      "unused-kms-key",
      "is only used with the encryption type aws:kms; with AES256, S3 manages the key",
    );
  }
};

/** Limits the items of several lists together to `max`. */
export const maxItemsTogether =
  (max: number, ...members: readonly string[]): Rule =>
  (value, report) => {
    const lists = members.map((member) => value[member]).filter(Array.isArray);
    const count = lists.reduce((sum, items) => sum + items.length, 0);
    if (count > max) {
      report(
        [],
        "too-many-items",
        `contains ${count} ${members.join(" and ")} together; the service accepts at most ${max}`,
      );
    }
  };

/** Reports items of a list with the same `fields`. An item with a field that is not a string is not compared. */
export const uniqueItems =
  (member: string, fields: readonly (readonly [name: string, whenAbsent?: string])[], what: string): Rule =>
  (value, report) => {
    const items = value[member];
    if (!Array.isArray(items)) return;
    const firstIndexOf = new Map<string, number>();
    items.forEach((item: unknown, index) => {
      const values = fields.map(
        ([name, whenAbsent]) => (item as Record<string, unknown> | undefined)?.[name] ?? whenAbsent,
      );
      if (!values.every((field) => typeof field === "string")) return;
      const identity = JSON.stringify(values);
      const first = firstIndexOf.get(identity);
      if (first === undefined) firstIndexOf.set(identity, index);
      else report([member, index], "duplicate-item", `names the same ${what} as ${member}[${first}]`);
    });
  };

/** The id of a Revision in `@pulumi/aws`: the id of its data set, a colon, and the revision's id. */
const pulumiRevisionId = /^[a-zA-Z0-9]{30,40}:[a-zA-Z0-9]{30,40}$/;

/** `output`: name of the output of an `aws.dataexchange.Revision` that contains the expected id. */
export function checkId(value: string, output?: string): Fault | undefined {
  if (value.startsWith("arn:")) {
    const message =
      "looks like an ARN; use the id, 30 to 40 letters and digits, which is the last part of the ARN";
    return { code: "arn-not-id", message };
  }
  if (!pulumiRevisionId.test(value)) return undefined;
  const remedy = output === undefined ? "use one id" : `use its ${output}`;
  const message = `looks like the id of an aws.dataexchange.Revision; ${remedy}, 30 to 40 letters and digits`;
  return { code: "two-ids", message };
}

const notBucketNames: readonly (readonly [RegExp, string])[] = [
  [/^arn:/, "its ARN"],
  [/^s3[an]?:/i, "an s3:// URL"],
  [/^https?:/i, "a URL"],
  [/\//, "a path; the key belongs in a separate member"],
  [/\.s3[.-].*amazonaws\.com/i, "its domain name"],
  [/^[0-9]+(\.[0-9]+){3}$/, "an IP address"],
  [/\.\./, "a text with two adjacent dots"],
];

/** Source: S3 User Guide, general purpose bucket naming rules. */
export function checkBucketName(value: string): Fault | undefined {
  const [, given] = notBucketNames.find(([pattern]) => pattern.test(value)) ?? [];
  return given === undefined
    ? undefined
    : { code: "not-a-bucket-name", message: `must be the name of a bucket, not ${given}` };
}

const notKmsKeyArns: readonly (readonly [RegExp, string])[] = [
  [/^alias\//, "an alias"],
  [/^(mrk-)?[0-9a-f]{8}[0-9a-f-]+$/, "its id"],
];

export function checkKmsKeyArn(value: string): Fault | undefined {
  const [, given] = notKmsKeyArns.find(([pattern]) => pattern.test(value)) ?? [];
  return given === undefined
    ? undefined
    : { code: "not-a-kms-key-arn", message: `must be the ARN of a KMS key, not ${given}` };
}

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Source: AWS General Reference, tag naming limits and requirements. */
export const checkTagValue = (value: string): Fault | undefined =>
  tagCharacters.test(value)
    ? undefined
    : {
        code: "invalid-tag-character",
        message: "must contain only letters, digits, spaces and _ . : / = + - @",
      };

export const checkTagKey = (value: string): Fault | undefined =>
  /^aws:/i.test(value)
    ? { code: "reserved-tag-key", message: "must not begin with aws:, which AWS reserves for its own tags" }
    : checkTagValue(value);
