/** What a shape cannot say: conditions between members, and values that people often give by mistake. */
import type { Rule } from "./shape";

/** Source: API reference, ExportServerSideEncryption. */
export const kmsKeyArnMatchesType: Rule = ({ type, kmsKeyArn }, report) => {
  if (type === "aws:kms" && (kmsKeyArn ?? undefined) === undefined) {
    report(["kmsKeyArn"], "is required when the encryption type is aws:kms");
  }
  if (type === "AES256" && typeof kmsKeyArn === "string") {
    report(["kmsKeyArn"], "goes with the encryption type aws:kms only; with AES256 S3 holds the key");
  }
};

/** At most `most` items in several lists taken together. */
export const maxItemsTogether =
  (most: number, ...members: readonly string[]): Rule =>
  (value, report) => {
    const lists = members.map((member) => value[member]).filter(Array.isArray);
    const count = lists.reduce((sum, items) => sum + items.length, 0);
    if (count > most) {
      report([], `holds ${count} ${members.join(" and ")} together; the service takes at most ${most}`);
    }
  };

/** No two items of a list may agree in all of `fields`; an item with an unreadable field agrees with none. */
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
      else report([member, index], `names the same ${what} as ${member}[${first}]`);
    });
  };

/**
 * What people give in place of what is asked for: an ARN for a name, a URL for a bucket. Each function says so as the
 * predicate of a sentence, or nothing. None repeats the value, which may be a secret.
 */

/** The id that `@pulumi/aws` gives a Revision: that of its data set, a colon, and its own. */
const idOfRevision = /^[a-zA-Z0-9]{30,40}:[a-zA-Z0-9]{30,40}$/;

/** `name` is the output of an `aws.dataexchange.Revision` that is asked for, if any. */
export function checkId(value: string, name?: string): string | undefined {
  if (value.startsWith("arn:")) {
    return "looks like an ARN; give the id, 30 to 40 letters and digits, which is the ARN's last part";
  }
  if (idOfRevision.test(value)) {
    const cure = name === undefined ? "what is asked for is one id" : `give its ${name}`;
    return `looks like the id of an aws.dataexchange.Revision; ${cure}, 30 to 40 letters and digits`;
  }
  return undefined;
}

/** Source: S3 User Guide, general purpose bucket naming rules. */
export function checkBucketName(value: string): string | undefined {
  const name = "must be the name of a bucket, not";
  if (value.startsWith("arn:")) return `${name} its ARN`;
  if (/^s3[an]?:/i.test(value)) return `${name} an s3:// URL`;
  if (/^https?:/i.test(value)) return `${name} a URL`;
  if (value.includes("/")) return `${name} a path; a key has a member of its own`;
  if (/\.s3[.-].*amazonaws\.com/i.test(value)) return `${name} its domain name`;
  if (/^[0-9]+(\.[0-9]+){3}$/.test(value)) return `${name} an IP address`;
  if (value.includes("..")) return "must be the name of a bucket, which has no two dots next to each other";
  return undefined;
}

export function checkKmsKeyArn(value: string): string | undefined {
  const arn = "must be the ARN of a KMS key, not";
  if (value.startsWith("alias/")) return `${arn} the name of an alias`;
  if (/^(mrk-)?[0-9a-f]{8}[0-9a-f-]+$/.test(value)) return `${arn} its id`;
  return undefined;
}

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Source: AWS General Reference, tag naming limits and requirements. */
export const checkTagValue = (value: string): string | undefined =>
  tagCharacters.test(value) ? undefined : "must hold letters, digits, spaces and _ . : / = + - @ only";

export const checkTagKey = (value: string): string | undefined =>
  /^aws:/i.test(value) ? "must not begin with aws:, which AWS keeps for its own tags" : checkTagValue(value);
