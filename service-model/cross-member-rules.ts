/** Conditions between members, reusable across job types. See `Rule` for what they may assume: nothing. */
import type { Rule } from "./shape";

/** Source: API reference, ExportServerSideEncryption. */
export const keyArnOnlyWithKms: Rule = ({ type, kmsKeyArn }, report) => {
  if (type === "aws:kms" && (kmsKeyArn ?? undefined) === undefined) {
    report(["kmsKeyArn"], "is required when the encryption type is aws:kms");
  }
  if (type === "AES256" && typeof kmsKeyArn === "string") {
    report(["kmsKeyArn"], "goes with the encryption type aws:kms only; with AES256 S3 holds the key");
  }
};

/** At most `most` items in several lists taken together. */
export const atMostTogether =
  (most: number, ...members: readonly string[]): Rule =>
  (value, report) => {
    const lists = members.map((member) => value[member]).filter(Array.isArray);
    const count = lists.reduce((sum, items) => sum + items.length, 0);
    if (count > most) {
      report([], `holds ${count} ${members.join(" and ")} together; the service takes at most ${most}`);
    }
  };

/** No two items of a list may agree in all of `fields`; an item with an unreadable field agrees with none. */
export const noTwoAlike =
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
