/** Why a job runs: one phrase for each cause that the preview shows. */
import { assetConfiguration } from "../service-model/shared-shapes";
import { isFailed } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { Difference } from "./diff-values";
import { differences } from "./diff-values";
import { describeChange, describeDifference, isItems } from "./describe-difference";
import { describeFailure } from "./describe-failure";
import type { Known } from "./preview-index";
import { marksIn } from "./marks";
import { partsOf } from "./merge";
import type { Phrase } from "./rich-text";
import { count, name, names, say } from "./rich-text";
import type { State, Step } from "./parse-preview";
import { differentTriggers, isLost } from "./trigger-reasons";
import { changedTriggers } from "./triggers";
import { unknownUntil } from "./until";
import { hashOf, holds, isAbsent, isSecret, isUnknown, text } from "./preview-values";
import { detailsOf, hiddenDetails } from "./describe-job";

export interface Reason {
  readonly kind:
    | "new"
    | "unfinished"
    | "type"
    | "items"
    | "details"
    | "content"
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
  { kind: "new", phrase: [step.parts ? "these jobs are new" : "it is new"] },
  ...["details", "upload", "triggers"]
    .filter((property) => holds(step.new?.inputs[property], isUnknown))
    .map((property): Reason => unknownUntil(name(property), property, step, known)),
];

/** Why a job that is in state runs again. */
export function reasonsForRerun(step: Step, known: Known): Reason[] {
  const { old, new: declared, replaceReasons } = step;
  if (!old || !declared) return [];
  if (step.isUnsure) return [unsure];
  const named = replaceReasons.filter((property) => property !== askedFor);
  const found = [
    ...differentType(old, declared),
    ...differentDetails(step, known),
    ...differentUpload(step, known),
    ...differentRegion(step, known),
    ...differentTags(old, declared),
    ...differentTriggers(step, known),
    ...failure(old),
    ...expired(old),
    // What the provider does not name has not changed for it, whatever is masked now and was not before.
  ].filter(({ property }) => named.length === 0 || named.includes(property!));
  const explained = new Set(found.map(({ property }) => property));
  // With the type the details are others altogether.
  if (explained.has("type")) explained.add("details");
  // What is seen of the triggers has been told with the sources.
  if (
    explained.has("details") &&
    (isLost(old) || step.parts || changedTriggers(old.outputs, declared.inputs).length > 0)
  )
    explained.add("triggers");
  const unseen = named.filter((property) => !explained.has(property));
  return [
    ...found,
    ...unseen.map((property) => unexplained(property, step)),
    ...(named.length === 0 ? asked(step, known) : []),
  ];
}

const unsure: Reason = {
  kind: "unknown",
  phrase: ["a preview does not show whether a secret of it has changed, or its last run has failed"],
};

/** The provider has seen what the preview does not show. */
function unexplained(property: string, { old, new: declared }: Step): Reason {
  if ([old?.outputs, declared?.inputs].some((values) => holds(values?.[property], isSecret)))
    return { kind: "secret", property, phrase: say`a secret in ${name(property)} changed` };
  if (property === "triggers" && old && isLost(old))
    return { kind: "trigger", property, phrase: ["its triggers have changed since its last run"] };
  return { kind: "asked", property, phrase: say`Pulumi names ${name(property)} as the cause` };
}

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
  const isNamed = step.replaceReasons.includes("details");
  if (found.length === 0 && step.parts && isNamed && !holds([before.details, after.details], isSecret)) {
    const phrase = say`what these jobs work on is shared out among them in another way`;
    return [{ kind: "items", property: "details", phrase }];
  }
  return found.map((difference): Reason => {
    if (difference.kind === "unknown") {
      return unknownUntil(nameUnknown(difference, jobType), "details", step, known);
    }
    const kind = isItems(difference, jobType) ? "items" : "details";
    return { kind, property: "details", phrase: describeDifference(difference, jobType, step.set?.items()) };
  });
}

function nameUnknown(difference: Difference & { kind: "unknown" }, jobType: JobType): Phrase[number] {
  const { path, number } = difference;
  const { items } = jobType.sentence;
  if (number === undefined || !items || !isItems(difference, jobType)) return name(path.join("."));
  return count(number, items.singular, items.plural);
}

/** The state holds no bytes and no path: nothing but the hash tells one content from another. */
function differentUpload(step: Step, known: Known): Reason[] {
  const property = "upload";
  const jobs = partsOf(step);
  if (jobs.some((job) => isUnknown(job.new?.inputs.upload)))
    return [unknownUntil(name(property), property, step, known)];
  const changed = jobs.filter(hasOtherUpload);
  if (changed.length === 0) return [];
  if (!step.parts) return [{ kind: "upload", property, phrase: ["the upload's content changed"] }];
  const files = changed.flatMap(({ new: declared }) => {
    const jobType = findJobType(declared?.inputs.type);
    return jobType ? marksIn(declared!.inputs, jobType) : [];
  });
  const phrase = say`the content of ${count(changed.length, "upload")} changed: ${names(files.map(text))}`;
  return [{ kind: "upload", property, phrase }];
}

function hasOtherUpload({ old, new: declared }: Step): boolean {
  const [before, after] = [old?.outputs.uploadHash, declared?.inputs.upload];
  return isAbsent(after) ? !isAbsent(before) : hashOf(after) !== before && !isSecret(after);
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

const failure = ({ outputs }: State): Reason[] =>
  isFailed(outputs.state) ? [{ kind: "failed", property: "state", phrase: describeFailure(outputs) }] : [];

/** The provider replaces a job that waits for a body, because its URL takes none after a minute. */
function expired({ outputs }: State): Reason[] {
  if (outputs.state !== "WAITING" || !findJobType(outputs.type)?.upload) return [];
  return [
    { kind: "expired", property: "state", phrase: ["it was never started, and its upload URL has expired"] },
  ];
}
