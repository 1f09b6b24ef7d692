/** Reads a job: its details by its row in the job type table, and whether it has ended. */
import { isUnfinished } from "../service-model/job";
import type { JobItems, JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { Shape } from "../service-model/shape";
import type { State } from "./parse-preview";
import type { Values } from "./preview-values";
import { isAbsent, isHidden, listOf, membersOf, shortId, showValue } from "./preview-values";
import type { RichText, Span } from "./rich-text";
import { toPlainText } from "./rich-text";

/** The details of the type. If they are hidden as a whole, each of their members is hidden. */
export function detailsOf(jobType: JobType, values: Values | undefined): Values {
  const hidden = hiddenDetails(jobType, values);
  if (hidden === undefined) return membersOf(membersOf(values?.details)[jobType.detailsKey]);
  return Object.fromEntries(Object.keys(jobType.details.members).map((member) => [member, hidden]));
}

/** The engine's placeholder of details that are hidden as a whole. */
export const hiddenDetails = ({ detailsKey }: JobType, values: Values | undefined): unknown =>
  [values?.details, membersOf(values?.details)[detailsKey]].find(isHidden);

/** The items of the details, such as the objects of an import. */
export const itemsOf = (jobType: JobType, values: Values): readonly unknown[] =>
  jobType.sentence.items ? listOf(detailsOf(jobType, values)[jobType.sentence.items.member]) : [];

/** Fills a template of the table with the values of one item. */
export const nameItem = (template: string, items: JobItems, jobType: JobType, item: unknown): string => {
  const { shape } = jobType.details.members[items.member]!;
  return toPlainText(
    fillTemplate(template, (placeholder) => {
      const [value] = valuesAt(item, placeholder.split("."), shape);
      return value === undefined ? undefined : [shortId(showValue(value))];
    }),
  );
};

/** The names of a job's items. */
export function itemNames(values: Values): string[] {
  const jobType = findJobType(values.type);
  const { items } = jobType?.sentence ?? {};
  if (!jobType || !items) return [];
  return itemsOf(jobType, values).map((item) => nameItem(items.name, items, jobType, item));
}

/** For each asset that the job creates, the value in the details that identifies it, such as its name. */
export const assetKeys = (jobType: JobType, values: Values): unknown[] =>
  jobType.createsAssets ? leavesAt(detailsOf(jobType, values), jobType.createsAssets.requestKey) : [];

function leavesAt(value: unknown, [member, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => leavesAt(item, member === undefined ? [] : [member, ...rest]));
  if (member === undefined || typeof value !== "object" || value === null) return [value];
  return leavesAt((value as Values)[member], rest);
}

/** All distinct values at the end of a path that may run through lists, with defaults. */
export function valuesAt(value: unknown, path: readonly string[], shape: Shape): unknown[] {
  if (isAbsent(value)) return [];
  if (Array.isArray(value)) {
    const item = shape.kind === "list" ? shape.of : shape;
    const all = value.flatMap((each) => valuesAt(each, path, item));
    return [...new Map(all.map((each) => [showValue(each), each])).values()];
  }
  const [member, ...rest] = path;
  // A hidden value has no members.
  if (member === undefined || isHidden(value)) return [value];
  const inner = shape.kind === "list" ? shape.of : shape;
  const known = inner.kind === "struct" ? inner.members[member] : undefined;
  return valuesAt(membersOf(value)[member] ?? known?.default, rest, known?.shape ?? shape);
}

const segments = /\[([^\]]*)\]|\{([^}|]*)(?:\|([^}]*))?\}/g;

/** Fills in a sentence of the table, whose syntax `JobSentence` describes. `fill` returns undefined for a missing value. */
export function fillTemplate(
  template: string,
  fill: (placeholder: string) => RichText | undefined,
): RichText {
  const spans: (Span | undefined)[] = [];
  let end = 0;
  for (const match of template.matchAll(segments)) {
    const [whole, optional, placeholder, otherwise] = match;
    spans.push(template.slice(end, match.index));
    end = match.index + whole.length;
    if (optional !== undefined) spans.push(...fillTemplate(optional, fill));
    else spans.push(...(fill(placeholder!) ?? [otherwise]));
  }
  spans.push(template.slice(end));
  // A part that lacks a value is omitted.
  return spans.every((span) => span !== undefined) ? spans.filter((span) => span !== "") : [];
}

/** Whether the provider resumes the job of the last run. */
export const isResumable = (old: State | undefined): boolean =>
  isUnfinished(old?.outputs.state) || old?.outputs.__pending === true;
