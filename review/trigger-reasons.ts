/** Why a job runs because of its triggers. */
import { findJobType } from "../service-model/job-types";
import type { TriggerChange } from "./diff-values";
import { changedTriggers } from "./diff-values";
import { assetKeys, itemsOf, nameItem } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Values } from "./preview-values";
import { contains, isAbsent, isUnknown } from "./preview-values";
import type { Reason } from "./reason";
import { notKnownYet } from "./reason";

/** Whether the state has only a hash of the triggers, because a later run did not reach this job of a set. */
export const hasLostTriggers = ({ outputs }: State): boolean => outputs.__lostTriggers === true;

export function reasonsOfTriggers(step: Step, index: PreviewIndex): Reason[] {
  const { old, new: declared } = step as Step & { old: State; new: State };
  const property = "triggers";
  if (hasLostTriggers(old)) {
    const isOpen = contains(declared.inputs[property], isUnknown);
    return isOpen ? [notKnownYet({ members: [property] }, property, step, index)] : [];
  }
  const [before, after] = [itemsByKey(old.outputs), itemsByKey(declared.inputs)];
  const isAddedOrRemoved = ({ from, to }: TriggerChange) => isAbsent(from) || isAbsent(to);
  // A trigger that has the name of a source, as those of an S3Import do, is added and removed with the source.
  const changes = changedTriggers(old.outputs, declared.inputs).filter(
    (change) =>
      contains(change.to, isUnknown) ||
      !isAddedOrRemoved(change) ||
      before.has(change.trigger) === after.has(change.trigger),
  );
  const isOfContent = (change: TriggerChange) =>
    !contains(change.to, isUnknown) &&
    !isAddedOrRemoved(change) &&
    before.has(change.trigger) &&
    after.has(change.trigger);
  const unknown = changes.filter(({ to }) => contains(to, isUnknown)).map(({ trigger }) => trigger);
  const known = changes.filter((change) => !isOfContent(change) && !contains(change.to, isUnknown));
  return [
    ...changedContent(changes.filter(isOfContent), declared, after),
    ...(known.length > 0 ? [{ kind: "triggers-changed", property, changes: known } as const] : []),
    ...(unknown.length > 0 ? [notKnownYet({ triggers: unknown }, property, step, index)] : []),
  ];
}

/** The items of a job by their asset keys. A trigger whose name is an asset key is a hash of the content. */
function itemsByKey(values: Values): ReadonlyMap<unknown, unknown> {
  const jobType = findJobType(values.type);
  if (!jobType) return new Map();
  const [items, keys] = [itemsOf(jobType, values), assetKeys(jobType, values)];
  return new Map(keys.length === items.length ? items.map((item, index) => [keys[index], item]) : []);
}

function changedContent(
  changes: readonly TriggerChange[],
  { inputs }: State,
  byKey: ReadonlyMap<unknown, unknown>,
): Reason[] {
  const jobType = findJobType(inputs.type);
  const { items } = jobType?.sentence ?? {};
  if (!jobType || !items || changes.length === 0) return [];
  const names = changes.map(({ trigger }) => nameItem(items.name, items, jobType, byKey.get(trigger)));
  return [{ kind: "content-changed", property: "triggers", items, names }];
}
