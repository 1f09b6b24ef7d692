/** Why a job runs of which the triggers have changed. */
import { findJobType } from "../service-model/job-types";
import type { Known } from "./preview-index";
import { marksIn } from "./marks";
import { count, mostNamed, name, names, say } from "./rich-text";
import type { State, Step } from "./parse-preview";
import type { Reason } from "./reasons";
import type { TriggerChange } from "./triggers";
import { changedTriggers } from "./triggers";
import { unknownUntil } from "./until";
import type { Values } from "./preview-values";
import { detailsOf, itemsOf, nameItem } from "./describe-job";

/** The state has no more than a hash of triggers that a later run, which did not come to this job, had changed. */
export const isLost = ({ outputs }: State): boolean => outputs.__lostTriggers === true;

/** A trigger that comes or goes with the source of its name, as those of an S3Import do, is told with the source. */
const triggersToTell = (
  step: Step,
  [were, are]: readonly ReadonlyMap<unknown, unknown>[],
): TriggerChange[] =>
  isLost(step.old!)
    ? []
    : changedTriggers(step.old!.outputs, step.new!.inputs).filter(
        (change) =>
          change.kind === "unknown" ||
          !change.isWhole ||
          were!.has(change.trigger) === are!.has(change.trigger),
      );

/** What a job lists, by what marks the assets that it makes of that; a trigger of this name is of its content. */
function itemsByMark(values: Values): ReadonlyMap<unknown, unknown> {
  const jobType = findJobType(values.type);
  if (!jobType) return new Map();
  const listed = itemsOf(jobType, detailsOf(jobType, values));
  const marks = marksIn(values, jobType);
  return new Map(marks.length === listed.length ? listed.map((item, index) => [marks[index], item]) : []);
}

export function differentTriggers(step: Step, known: Known): Reason[] {
  const property = "triggers";
  const items = [step.old!.outputs, step.new!.inputs].map(itemsByMark);
  const told = triggersToTell(step, items);
  const content = told.filter((change) => isContent(change, items));
  const changes = told.filter((change) => !isContent(change, items));
  const rest = changes.slice(mostNamed);
  const isRestUnknown = rest.every(({ kind }) => kind === "unknown");
  const more = `${count(rest.length, "more trigger")} ${isRestUnknown ? "not known yet" : "changed"}`;
  return [
    ...differentContent(content, step, items[1]!),
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

/** The job lists the item before and after, and its trigger is another. */
const isContent = (change: TriggerChange, items: readonly ReadonlyMap<unknown, unknown>[]): boolean =>
  change.kind === "changed" && !change.isWhole && items.every((marks) => marks.has(change.trigger));

function differentContent(
  changes: readonly TriggerChange[],
  { new: declared }: Step,
  listed: ReadonlyMap<unknown, unknown>,
): Reason[] {
  const jobType = findJobType(declared?.inputs.type);
  const { items } = jobType?.sentence ?? {};
  if (!jobType || !items || changes.length === 0) return [];
  const called = changes.map(({ trigger }) => nameItem(items.name, items, jobType, listed.get(trigger)));
  const phrase =
    called.length === 1
      ? say`${items.singular} ${name(called[0])} has changed`
      : say`${count(called.length, items.singular, items.plural)} have changed: ${names(called)}`;
  return [{ kind: "content", property: "triggers", phrase }];
}
