/** A job in words, by the sentences of the job type table. */
import type { JobItems, JobType } from "../service-model/job-type";
import type { Shape } from "../service-model/shape";
import type { Known } from "./preview-index";
import type { Phrase } from "./rich-text";
import { count, name, names, say, sentence } from "./rich-text";
import type { State } from "./parse-preview";
import { fillIn } from "./describe-template";
import type { Values } from "./preview-values";
import {
  isAbsent,
  isHidden,
  isSecret,
  isUnknown,
  listOf,
  membersOf,
  shortened,
  text,
} from "./preview-values";

/** The details that go with the type. Where they are hidden as a whole, each of their members is. */
export function detailsOf(jobType: JobType, of: Values | undefined): Values {
  const hidden = hiddenDetails(jobType, of);
  if (hidden === undefined) return membersOf(membersOf(of?.details)[jobType.detailsKey]);
  return Object.fromEntries(Object.keys(jobType.details.members).map((member) => [member, hidden]));
}

/** What stands for the details where the preview shows nothing within them. */
export const hiddenDetails = ({ detailsKey }: JobType, of: Values | undefined): unknown =>
  [of?.details, membersOf(of?.details)[detailsKey]].find(isHidden);

const whyHidden = (hidden: unknown): string => (isSecret(hidden) ? "secret" : "not known yet");

/** What the job does: the predicate of a sentence about it. */
export function describeJob(jobType: JobType, state: State, known: Known, isMany = false): Phrase {
  const { inputs } = state;
  const hidden = hiddenDetails(jobType, inputs);
  if (hidden !== undefined) return say`${jobType.summary} (details ${whyHidden(hidden)})`;
  const details = detailsOf(jobType, inputs);
  const { predicate, predicateOfMany } = jobType.sentence;
  const told = fillIn((isMany && predicateOfMany) || predicate, (placeholder) => {
    if (placeholder === "items") return describeItems(jobType.sentence.items, details);
    if (placeholder === "dataSet") return describePlace("data set", details.dataSetId, "DataSet");
    if (placeholder === "revision") {
      return say`${describePlace("revision", details.revisionId, "Revision")} of ${describePlace("data set", details.dataSetId, "DataSet")}`;
    }
    return describeValues(valuesAt(details, placeholder.split("."), jobType.details));
  });
  return told.length > 0 ? told : [jobType.summary];

  function describePlace(what: string, id: unknown, kind: "DataSet" | "Revision"): Phrase {
    const named = known.nameOf(kind, id, state);
    const isShown = typeof id === "string" && !isHidden(id);
    const shownId = isShown ? name(shortened(id)) : whyHidden(id);
    if (named !== undefined) return say`${what} ${name(named)} (${shownId})`;
    return isShown ? say`${what} ${shownId}` : say`${what} (${shownId})`;
  }
}

function describeItems(items: JobItems | undefined, details: Values): Phrase {
  const listed = items && details[items.member];
  if (!items || !Array.isArray(listed)) {
    return say`${items?.plural ?? "something"} (${whyHidden(listed)})`;
  }
  return say`${count(listed.length, items.singular, items.plural)}`;
}

/** What an item of a job is called. */
export const nameItem = (template: string, items: JobItems, jobType: JobType, item: unknown): string => {
  const { shape } = jobType.details.members[items.member]!;
  return sentence(
    fillIn(template, (placeholder) => {
      const [value] = valuesAt(item, placeholder.split("."), shape);
      return value === undefined ? undefined : [shortened(text(value))];
    }),
  );
};

/** All different values at the end of a path that may run through lists; defaults included. */
function valuesAt(value: unknown, path: readonly string[], shape: Shape): unknown[] {
  if (isAbsent(value)) return [];
  if (Array.isArray(value)) {
    const of = shape.kind === "list" ? shape.of : shape;
    const all = value.flatMap((item) => valuesAt(item, path, of));
    return [...new Map(all.map((one) => [text(one), one])).values()];
  }
  const [member, ...rest] = path;
  // A list that is not known or secret has nothing to look into.
  if (member === undefined || isHidden(value)) return [value];
  const known = shape.kind === "struct" || shape.kind === "list" ? membersIn(shape)[member] : undefined;
  return valuesAt(membersOf(value)[member] ?? known?.default, rest, known?.shape ?? shape);
}

const membersIn = (shape: Shape) =>
  shape.kind === "struct"
    ? shape.members
    : shape.kind === "list" && shape.of.kind === "struct"
      ? shape.of.members
      : {};

function describeValues(values: readonly unknown[]): Phrase | undefined {
  if (values.length === 0) return undefined;
  const told = values.filter((value) => !isUnknown(value)).map((value) => shortened(text(value)));
  if (told.length === values.length) return names(told);
  return told.length === 0 ? ["(not known yet)"] : say`${names(told)} and others (not known yet)`;
}

/** The items that details list, with what they are called. */
export const itemsOf = (jobType: JobType, details: Values): readonly unknown[] =>
  jobType.sentence.items ? listOf(details[jobType.sentence.items.member]) : [];
