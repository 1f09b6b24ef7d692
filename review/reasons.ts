/** Why a job runs, as far as the preview shows it. describe-reason.ts has the sentences. */
import { waitsForBody } from "../provider/core/diff";
import { isFailed } from "../service-model/job";
import type { JobItems, JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import { assetConfiguration } from "../service-model/shared-shapes";
import type { Difference } from "./diff-values";
import { changedTriggers, differences } from "./diff-values";
import { assetKeys, detailsOf, hiddenDetails, nameItem } from "./job-details";
import { partsOf } from "./merge-jobs";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import { contains, hashOf, isAbsent, isSecret, isUnknown, showValue } from "./preview-values";
import type { ItemChanges, Reason } from "./reason";
import { notKnownYet } from "./reason";
import { hasLostTriggers, reasonsOfTriggers } from "./trigger-reasons";

/** Whether the job may stay unchanged in spite of these reasons. */
export const isPossibleRerun = (reasons: readonly Reason[]): boolean =>
  reasons.every(({ kind }) => kind === "not-known-yet" || kind === "hidden");

export const reasonsForNew = (step: Step, index: PreviewIndex): Reason[] => [
  { kind: "new", isMany: step.parts !== undefined },
  ...["details", "upload", "triggers"]
    .filter((property) => contains(step.new?.inputs[property], isUnknown))
    .map((property) => notKnownYet({ members: [property] }, property, step, index)),
];

/** Why a job that is in state runs again. */
export function reasonsForRerun(step: Step, index: PreviewIndex): Reason[] {
  const { old, new: declared, replaceReasons } = step;
  if (!old || !declared) return [];
  if (step.isPossible)
    return [...(step.unknownSettings ? [] : [{ kind: "hidden" } as const]), ...unknownSettings(step, index)];
  const named = replaceReasons.filter((property) => property !== requestedProperty);
  const found = [
    ...changedType(old, declared),
    ...changedDetails(step, index),
    ...changedUpload(step, index),
    ...changedRegion(step, index),
    ...changedTags(old, declared),
    ...reasonsOfTriggers(step, index),
    ...reasonsOfState(old),
    ...(named.includes(partlyDeleted)
      ? [{ kind: "deletion-interrupted", property: partlyDeleted } as const]
      : []),
    // A new mask is not a change for the provider, so a property that it does not name is not a reason.
  ].filter(({ property }) => named.length === 0 || named.includes(property!));
  if (step.unknownSettings) return [...found, ...unknownSettings(step, index)];
  if (named.length === 0) return [...found, { kind: whyRequested(step, index) }];
  const explained = explainedProperties(step, found);
  return [
    ...found,
    ...named
      .filter((property) => !explained.has(property))
      .map((property) => hiddenChange(property, step, old, declared)),
  ];
}

/** The engine has not compared the job, because its provider has these settings. */
function unknownSettings({ unknownSettings: unknown }: Step, index: PreviewIndex): Reason[] {
  if (!unknown) return [];
  const { names, provider } = unknown;
  const { until } = notKnownYet({ members: names }, names[0]!, provider, index);
  return [{ kind: "not-known-yet", property: "provider", what: { members: names, of: provider.urn }, until }];
}

/** Properties that need no reason of their own. */
function explainedProperties({ old, new: declared, parts }: Step, found: readonly Reason[]): Set<unknown> {
  const explained = new Set<unknown>(found.map(({ property }) => property));
  // Another type has other details.
  if (explained.has("type")) explained.add("details");
  // Triggers that change with the sources need no reason.
  const isShown =
    hasLostTriggers(old!) || parts || changedTriggers(old!.outputs, declared!.inputs).length > 0;
  if (explained.has("details") && isShown) explained.add("triggers");
  return explained;
}

/** The reason of a change that the provider detects and the preview does not show. */
function hiddenChange(property: string, { changes }: Step, old: State, declared: State): Reason {
  if ([old.outputs, declared.inputs].some((values) => contains(values[property], isSecret))) {
    if (property === "upload") return { kind: "upload-changed", property };
    const paths = changes.filter(({ path }) => path[0] === property).map(({ text }) => text);
    return { kind: "secret-changed", property, ...(paths.length > 0 && { paths }) };
  }
  return property === "triggers" && hasLostTriggers(old)
    ? { kind: "triggers-changed", property }
    : { kind: "unexplained", property };
}

/** The engine names this property if a user requests a replacement. */
const requestedProperty = "id";

/** The provider names this property if a run began to delete the job's assets and did not finish. */
const partlyDeleted = "assets";

const whyRequested = (step: Step, index: PreviewIndex) =>
  index.isAlreadyDeleted(step) ? "already-deleted" : step.old!.tainted ? "tainted" : "replacement-requested";

const changedType = ({ outputs }: State, { inputs }: State): Reason[] =>
  outputs.type === inputs.type
    ? []
    : [{ kind: "type-changed", property: "type", from: outputs.type, to: inputs.type }];

function changedDetails(step: Step, index: PreviewIndex): Reason[] {
  const property = "details";
  const [before, after] = [step.old!.outputs, step.new!.inputs];
  const jobType = findJobType(after.type);
  if (!jobType || before.type !== after.type) return [];
  const hidden = [hiddenDetails(jobType, before), hiddenDetails(jobType, after)];
  if (isUnknown(hidden[1])) return [notKnownYet({ members: [property] }, property, step, index)];
  if (hidden.some((value) => value !== undefined)) return [];
  let found = differences(jobType.details, detailsOf(jobType, before), detailsOf(jobType, after));
  const isNamed = step.replaceReasons.includes(property);
  // The program's own values may be in clear there, because the plugin has not sealed them yet.
  if (step.unknownSettings) found = found.filter(({ kind }) => kind !== "secret");
  if (found.length === 0 && step.parts && isNamed && !contains([before.details, after.details], isSecret))
    return [{ kind: "items-redistributed", property }];
  return found.map((difference): Reason => {
    const { items } = jobType.sentence;
    const isOfItems = items !== undefined && difference.path.join(".") === items.member;
    if (difference.kind === "unknown") {
      const number = isOfItems ? difference.items : undefined;
      const what =
        number === undefined
          ? { members: [difference.path.join(".")] }
          : { count: { number, items: items! } };
      return notKnownYet(what, property, step, index);
    }
    return isOfItems && difference.kind === "list"
      ? { kind: "items-changed", property, ...itemChanges(difference, items, jobType, step) }
      : { kind: "details-changed", property, difference };
  });
}

function itemChanges(
  { added, removed }: Difference & { kind: "list" },
  items: JobItems,
  jobType: JobType,
  { set }: Step,
): ItemChanges {
  const identityOf = (item: unknown) => nameItem(items.identity ?? items.name, items, jobType, item);
  const nameOf = (item: unknown) => nameItem(items.name, items, jobType, item);
  const arrived = new Map(added.map((item) => [identityOf(item), item]));
  const changed = removed.filter((item) => arrived.has(identityOf(item)));
  const changedIds = new Set(changed.map(identityOf));
  const others = (some: readonly unknown[]) =>
    some.filter((item) => !changedIds.has(identityOf(item))).map(nameOf);
  const [isMoved, isNotMoved] = [
    (name: string) => set?.isMoved(name) === true,
    (name: string) => set?.isMoved(name) !== true,
  ];
  return {
    items,
    added: others(added).filter(isNotMoved),
    removed: others(removed).filter(isNotMoved),
    changed: changed.map((item) => [nameOf(item), nameOf(arrived.get(identityOf(item)))]),
    movedIn: others(added).filter(isMoved),
    movedOut: others(removed).filter(isMoved),
  };
}

/** The state has neither bytes nor path of an upload, only its hash. */
function changedUpload(step: Step, index: PreviewIndex): Reason[] {
  const property = "upload";
  const jobs = partsOf(step);
  if (jobs.some((job) => isUnknown(job.new?.inputs.upload)))
    return [notKnownYet({ members: [property] }, property, step, index)];
  const changed = jobs.filter(({ old, new: declared }) => {
    const [before, after] = [old?.outputs.uploadHash, declared?.inputs.upload];
    return isAbsent(after) ? !isAbsent(before) : hashOf(after) !== before && !isSecret(after);
  });
  if (changed.length === 0) return [];
  const files = changed.flatMap(({ new: declared }) => {
    const jobType = findJobType(declared?.inputs.type);
    return jobType ? assetKeys(jobType, declared!.inputs).map(showValue) : [];
  });
  return [{ kind: "upload-changed", property, ...(step.parts && { files }) }];
}

function changedRegion(step: Step, index: PreviewIndex): Reason[] {
  const property = "region";
  const [from, to] = [step.old!.outputs.region, step.new!.inputs.region];
  // A state without a region belongs to the stack's own region.
  if (isAbsent(from) || from === to) return [];
  return isUnknown(to)
    ? [notKnownYet({ members: [property] }, property, step, index)]
    : [{ kind: "region-changed", property, from, to }];
}

function changedTags({ outputs }: State, { inputs }: State): Reason[] {
  const property = "assetConfiguration";
  const found = differences(assetConfiguration, outputs[property] ?? {}, inputs[property] ?? {});
  return found.length > 0 ? [{ kind: "tags-changed", property }] : [];
}

function reasonsOfState({ outputs }: State): Reason[] {
  const property = "state";
  const { state, errors } = outputs;
  if (isFailed(state)) return [{ kind: "failed", property, state, errors }];
  return waitsForBody(outputs) ? [{ kind: "upload-url-expired", property }] : [];
}
