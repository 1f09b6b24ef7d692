/** The sentences of the reasons why a job runs. */
import type { JobItems } from "../service-model/job-type";
import type { Difference, TriggerChange } from "./diff-values";
import { groupBy } from "./merge-jobs";
import type { Urn, Values } from "./preview-values";
import { canonical, isAbsent, isSecret, listOf, membersOf, shortId, showValue } from "./preview-values";
import type { ItemChanges, NotKnownYet, Reason } from "./reason";
import type { RichText, Span } from "./rich-text";
import { code, codeList, concat, count, join, maxListed, text } from "./rich-text";

export const describeReason = (reason: Reason): RichText =>
  (sentences[reason.kind] as (reason: Reason) => RichText)(reason);

const sentences: { readonly [Kind in Reason["kind"]]: (reason: Reason & { kind: Kind }) => RichText } = {
  new: ({ isMany }) => [isMany ? "these jobs are new" : "it is new"],
  unfinished: ({ state }) => text`its last run had not ended (state ${code(state)})`,
  failed: ({ state, errors }) => describeLastRun(state, errors),
  "upload-url-expired": () => ["it was never started, and its upload URL has expired"],
  "type-changed": ({ from, to }) => text`its type changed from ${code(from)} to ${code(to)}`,
  "region-changed": ({ from, to }) => text`its ${describeChange("region", from, to)}`,
  "tags-changed": () => ["the tags of its assets changed"],
  "items-changed": describeItemChanges,
  "items-redistributed": () => ["objects move between these jobs"],
  "details-changed": ({ difference }) => describeDifference(difference),
  "content-changed": ({ names, items }) =>
    names.length === 1
      ? text`${items.singular} ${code(names[0])} has changed`
      : text`${describeCount(names, items)} have changed: ${codeList(names)}`,
  "upload-changed": ({ files }) =>
    files
      ? text`the content of ${count(files.length, "upload")} changed: ${codeList(files)}`
      : ["the content of its upload changed"],
  "triggers-changed": ({ changes }) =>
    changes ? describeTriggers(changes) : ["its triggers have changed since its last run"],
  "secret-changed": ({ property, paths }) =>
    text`${paths && paths.length > 1 ? "secrets" : "a secret"} in ${codeList(paths ?? [property!])} changed`,
  "not-known-yet": describeUnknown,
  hidden: () => ["the preview hides whether one of its secrets has changed or its last run has failed"],
  "deletion-interrupted": () => ["an earlier run began to delete it and did not finish"],
  "already-deleted": () => ["it was deleted for its replacement, and creating the replacement failed"],
  tainted: () => ["it is marked for replacement (pulumi state taint)"],
  "replacement-requested": () => [
    "its replacement was requested (--replace, replacementTrigger), or a resource that it depends on is replaced",
  ],
  unexplained: ({ property }) => text`Pulumi names ${code(property)} as the cause`,
};

function describeChange(what: Span, from: unknown, to: unknown): RichText {
  if (isAbsent(from)) return text`${what} added: ${code(shortId(showValue(to)))}`;
  if (isAbsent(to)) return text`${what} removed: ${code(shortId(showValue(from)))}`;
  if (typeof from === "object" || typeof to === "object") return text`${what} changed`;
  const [before, after] = [showValue(from), showValue(to)];
  // Two ids may begin with the same characters.
  const short = shortId(before) === shortId(after) ? (id: string) => id : shortId;
  return text`${what} changed from ${code(short(before))} to ${code(short(after))}`;
}

function describeDifference(difference: Exclude<Difference, { kind: "unknown" }>): RichText {
  const member = code(difference.path.join("."));
  if (difference.kind === "value") return describeChange(member, difference.from, difference.to);
  if (difference.kind === "secret") return text`${member} changed (secret)`;
  const list = (what: string, values: readonly unknown[]) =>
    values.length > 0 ? [text`${member} ${what}: ${codeList(values.map(showValue))}`] : [];
  return join([...list("added", difference.added), ...list("removed", difference.removed)], "; ");
}

const describeCount = ({ length }: readonly unknown[], { singular, plural }: JobItems): string =>
  count(length, singular, plural);

function describeItemChanges({ items, added, removed, changed, movedIn, movedOut }: ItemChanges): RichText {
  type Names = readonly string[];
  const listed = (what: string, names: Names) => ({ names, end: text` ${what}: ${codeList(names)}` });
  const moved = (where: string, names: Names) => ({
    names,
    end: text` moved ${where} other jobs of the set`,
  });
  const pairs = changed.map(([from, to]) => `${from} → ${to}`);
  const lists = [listed("added", added), listed("removed", removed), listed("changed", pairs)];
  const some = [...lists, moved("from", movedIn), moved("to", movedOut)].filter(
    ({ names }) => names.length > 0,
  );
  return join(
    some.map(({ names, end }) => text`${describeCount(names, items)}${end}`),
    "; ",
  );
}

function describeTriggers(changes: readonly TriggerChange[]): RichText {
  const rest = changes.length - maxListed;
  return join(
    [
      ...changes
        .slice(0, maxListed)
        .map(({ trigger, from, to }) => text`trigger ${describeChange(code(trigger), from, to)}`),
      ...(rest > 0 ? [text`${count(rest, "more trigger")} changed`] : []),
    ],
    "; ",
  );
}

/** For example "`revisionId` is not known until revision `november` exists". */
export function describeUnknown({ what, until }: NotKnownYet): RichText {
  const { members = [], triggers = [], count: items, of } = what;
  const number = items?.number ?? members.length + triggers.length;
  const subject = items
    ? text`${count(number, items.items.singular, items.items.plural)}`
    : triggers.length > 0
      ? text`${number === 1 ? "trigger" : "triggers"} ${codeList(triggers)}`
      : concat(codeList(members), of && text` of ${resourceKind(of)} ${code(of.name)}`);
  const verb = number === 1 ? "is" : "are";
  if (until.length === 0) return text`${subject} ${verb} not known yet`;
  const events = until.map(
    ({ urn, op }) => text`${resourceKind(urn)} ${code(urn.name)} ${verbs[op] ?? "is updated"}`,
  );
  return text`${subject} ${verb} not known until ${join(events, " and ")}`;
}

const verbs: Readonly<Record<string, string>> = { create: "exists", replace: "is replaced" };

/** `aws:s3/bucketV2:BucketV2` is a bucket, `aws:dataexchange/dataSet:DataSet` a data set. */
function resourceKind({ type }: Urn): Span {
  if (type.startsWith("pulumi:providers:")) return "provider";
  const kind = type.split(":").at(-1)!;
  // The type of a component may be any text.
  if (!/^[A-Za-z0-9]{1,60}$/.test(kind)) return code(kind);
  return kind
    .replace(/v\d+$/i, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
}

function describeLastRun(state: unknown, errors: unknown): RichText {
  const ended = text`its last run ended in ${code(state)}`;
  if (isSecret(errors)) return text`${ended} (its errors are secret)`;
  // Several jobs may have failed with the same error.
  const groups = groupBy(listOf(errors).map(membersOf), (error) => canonical([error.code, error.message]));
  const texts = [...groups.values()].slice(0, maxListed).map((alike) => {
    const names = alike.flatMap(namesOfError);
    const error = code(`${String(alike[0]!.code)}: ${String(alike[0]!.message)}`);
    return concat(error, names.length > 0 && text` (${codeList(names)})`);
  });
  return texts.length > 0 ? text`${ended}: ${join(texts, "; ")}` : ended;
}

function namesOfError({ details }: Values): string[] {
  const { importAssetsFromS3JobErrorDetails, importAssetFromSignedUrlJobErrorDetails } = membersOf(details);
  const objects = listOf(importAssetsFromS3JobErrorDetails)
    .map(membersOf)
    .map(({ bucket, key }) => `s3://${String(bucket)}/${String(key)}`);
  const { assetName } = membersOf(importAssetFromSignedUrlJobErrorDetails);
  return [...objects, ...(typeof assetName === "string" ? [assetName] : [])];
}
