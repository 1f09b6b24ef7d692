/** What is known only once something else is there. */
import type { Known } from "./preview-index";
import type { Phrase } from "./rich-text";
import { join, name, say } from "./rich-text";
import type { Step } from "./parse-preview";
import type { Reason } from "./reasons";
import type { Urn } from "./urn";

export function unknownUntil(
  what: Phrase[number] | Phrase,
  property: string,
  step: Step,
  known: Known,
): Reason {
  const sources = known.sourcesOf(step.new, property);
  const changing = sources.filter((urn) => (known.stepOf(urn)?.op ?? "same") !== "same");
  const until = (changing.length > 0 ? changing : sources).map((urn) => untilThere(urn, known));
  const phrase =
    until.length > 0 ? say`${what} not known until ${join(until, " and ")}` : say`${what} not known yet`;
  return { kind: "unknown", property, phrase };
}

const becoming: Readonly<Record<string, string>> = { create: "exists", replace: "is replaced" };

const untilThere = (urn: Urn, known: Known): Phrase =>
  say`${kindOf(urn)} ${name(urn.name)} ${becoming[known.stepOf(urn)?.op ?? ""] ?? "is updated"}`;

/** `aws:s3/bucketV2:BucketV2` is a bucket, `aws:dataexchange/dataSet:DataSet` a data set. */
function kindOf({ type }: Urn): Phrase[number] {
  const kind = type.split(":").at(-1)!;
  // Whoever writes a component names its type.
  if (!/^[A-Za-z0-9]{1,60}$/.test(kind)) return name(kind);
  return kind
    .replace(/v\d+$/i, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
}
