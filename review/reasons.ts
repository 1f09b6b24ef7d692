/** Why a job runs: one phrase for each cause that the preview shows. */
import { assetConfiguration } from "../provider/model/common";
import { isFailed } from "../provider/model/job";
import type { JobType } from "../provider/model/job-type";
import { findJobType } from "../provider/model/job-types";
import type { Difference } from "./compare";
import { differences } from "./compare";
import { describeChange, describeDifference, isItems } from "./difference";
import { describeFailure } from "./failure";
import type { Known } from "./known";
import { marksIn } from "./marks";
import type { Phrase } from "./phrase";
import { count, join, mostNamed, name, say } from "./phrase";
import type { State, Step } from "./preview";
import type { Urn } from "./urn";
import type { TriggerChange } from "./triggers";
import { changedTriggers } from "./triggers";
import { hashOf, holds, isAbsent, isSecret, isUnknown, text } from "./values";
import { detailsOf, hiddenDetails } from "./words";

export interface Reason {
  readonly kind:
    | "new"
    | "unfinished"
    | "type"
    | "items"
    | "details"
    | "upload"
    | "trigger"
    | "argument"
    | "failed"
    | "expired"
    | "unknown"
    | "secret"
    | "asked";
  /** The property of the job that it is about, in the provider's and the engine's words. */
  readonly property?: string;
  readonly phrase: Phrase;
}

/** Why a job is made that is not in state yet. */
export const reasonsForNew = (step: Step, known: Known): Reason[] => [
  { kind: "new", phrase: ["it is new"] },
  ...["details", "upload", "triggers"]
    .filter((property) => holds(step.new?.inputs[property], isUnknown))
    .map((property): Reason => unknownUntil(name(property), property, step, known)),
];

/** Why a job that is in state runs again. */
export function reasonsForRerun(step: Step, known: Known): Reason[] {
  const { old, new: declared, replaceReasons } = step;
  if (!old || !declared) return [];
  const named = replaceReasons.filter((property) => property !== askedFor);
  const found = [
    ...differentType(old, declared),
    ...differentDetails(step, known),
    ...differentUpload(step, known),
    ...differentRegion(step, known),
    ...differentTags(old, declared),
    ...differentTriggers(step, known),
    ...failure(old),
    ...expired(old, replaceReasons),
    // What the provider does not name has not changed for it, whatever is masked now and was not before.
  ].filter(({ property }) => named.length === 0 || named.includes(property!));
  const explained = new Set(found.map(({ property }) => property));
  // With the type the details are others altogether.
  if (explained.has("type")) explained.add("details");
  // What is seen of the triggers has been told with the sources.
  if (explained.has("details") && changedTriggers(old.outputs.triggers, declared.inputs.triggers).length > 0)
    explained.add("triggers");
  const unseen = named.filter((property) => !explained.has(property));
  return [
    ...found,
    ...unseen.map((property) => unexplained(property, step)),
    ...(named.length === 0 ? asked(step, known) : []),
  ];
}

/** The provider has seen what the preview does not show. */
const unexplained = (property: string, { old, new: declared }: Step): Reason =>
  [old?.outputs, declared?.inputs].some((values) => holds(values?.[property], isSecret))
    ? { kind: "secret", property, phrase: say`a secret in ${name(property)} changed` }
    : { kind: "asked", property, phrase: say`Pulumi names ${name(property)} as the cause` };

/** The engine names this as the cause when the user asks for a replacement; no provider does. */
const askedFor = "id";

/** Where the provider names no property it is not the provider that wants it. */
function asked(step: Step, known: Known): Reason[] {
  const phrase = known.isDeletedAlready(step)
    ? "it was deleted to be replaced, and the new job is missing"
    : step.old!.tainted
      ? "it is marked for replacement (pulumi state taint)"
      : "its replacement was asked for (--replace, replacementTrigger), or comes with that of another resource";
  return [{ kind: "asked", phrase: [phrase] }];
}

function differentType({ outputs }: State, { inputs }: State): Reason[] {
  if (outputs.type === inputs.type) return [];
  return [
    {
      kind: "type",
      property: "type",
      phrase: say`its type changed from ${name(text(outputs.type))} to ${name(text(inputs.type))}`,
    },
  ];
}

function differentDetails(step: Step, known: Known): Reason[] {
  const [before, after] = [step.old!.outputs, step.new!.inputs];
  const jobType = findJobType(after.type);
  // Details of another type are others altogether; the change of type says so.
  if (!jobType || before.type !== after.type) return [];
  if (isUnknown(hiddenDetails(jobType, after)))
    return [unknownUntil(name("details"), "details", step, known)];
  // Nothing is to be seen within; that they have changed is told of what the provider names.
  if (hiddenDetails(jobType, before) !== undefined || hiddenDetails(jobType, after) !== undefined) return [];
  const found = differences(jobType.details, detailsOf(jobType, before), detailsOf(jobType, after));
  return found.map((difference): Reason => {
    if (difference.kind === "unknown") {
      return unknownUntil(nameUnknown(difference, jobType), "details", step, known);
    }
    const kind = isItems(difference, jobType) ? "items" : "details";
    return { kind, property: "details", phrase: describeDifference(difference, jobType) };
  });
}

function nameUnknown(difference: Difference & { kind: "unknown" }, jobType: JobType): Phrase[number] {
  const { path, number } = difference;
  const { items } = jobType.words;
  if (number === undefined || !items || !isItems(difference, jobType)) return name(path.join("."));
  return count(number, items.one, items.many);
}

/** The state holds no bytes and no path: nothing but the hash tells one content from another. */
function differentUpload(step: Step, known: Known): Reason[] {
  const [before, after] = [step.old!.outputs.uploadHash, step.new!.inputs.upload];
  if (isUnknown(after)) return [unknownUntil(name("upload"), "upload", step, known)];
  if (isAbsent(after) ? isAbsent(before) : hashOf(after) === before || isSecret(after)) return [];
  return [{ kind: "upload", property: "upload", phrase: ["the upload's content changed"] }];
}

function differentRegion(step: Step, known: Known): Reason[] {
  const [before, after] = [step.old!.outputs.region, step.new!.inputs.region];
  // A state that names no region was made in the stack's own.
  if (isAbsent(before) || before === after) return [];
  if (isUnknown(after)) return [unknownUntil(name("region"), "region", step, known)];
  return [
    { kind: "argument", property: "region", phrase: say`its ${describeChange("region", before, after)}` },
  ];
}

function differentTags({ outputs }: State, { inputs }: State): Reason[] {
  const property = "assetConfiguration";
  const found = differences(assetConfiguration, outputs[property] ?? {}, inputs[property] ?? {});
  return found.length > 0 ? [{ kind: "argument", property, phrase: ["the tags of its assets changed"] }] : [];
}

/** A trigger that comes or goes with the source of its name, as those of an S3Import do, is told with the source. */
function triggersToTell({ old, new: declared }: Step): TriggerChange[] {
  const [before, after] = [old!.outputs, declared!.inputs];
  const jobType = findJobType(after.type);
  const [were, are] = [before, after].map((values) => new Set(jobType ? marksIn(values, jobType) : []));
  return changedTriggers(before.triggers, after.triggers).filter(
    (change) =>
      change.kind === "unknown" || !change.isWhole || were!.has(change.trigger) === are!.has(change.trigger),
  );
}

function differentTriggers(step: Step, known: Known): Reason[] {
  const property = "triggers";
  const changes = triggersToTell(step);
  const rest = changes.slice(mostNamed);
  const isRestUnknown = rest.every(({ kind }) => kind === "unknown");
  const more = `${count(rest.length, "more trigger")} ${isRestUnknown ? "not known yet" : "changed"}`;
  return [
    ...changes
      .slice(0, mostNamed)
      .map((change): Reason =>
        change.kind === "unknown"
          ? unknownUntil(say`trigger ${name(change.trigger)}`, property, step, known)
          : { kind: "trigger", property, phrase: change.phrase },
      ),
    ...(rest.length > 0
      ? [{ kind: isRestUnknown ? "unknown" : "trigger", property, phrase: [more] } as const]
      : []),
  ];
}

const failure = ({ outputs }: State): Reason[] =>
  isFailed(outputs.state) ? [{ kind: "failed", property: "state", phrase: describeFailure(outputs) }] : [];

/** The provider replaces a job that waits for a body and whose URL no longer takes one. */
function expired({ outputs }: State, replaceReasons: readonly string[]): Reason[] {
  const property = findJobType(outputs.type)?.upload?.expiresAt;
  if (property === undefined || !replaceReasons.includes(property)) return [];
  const phrase = say`it was never started, and its upload URL has expired (${name(outputs[property])})`;
  return [{ kind: "expired", property, phrase }];
}

function unknownUntil(what: Phrase[number] | Phrase, property: string, step: Step, known: Known): Reason {
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
