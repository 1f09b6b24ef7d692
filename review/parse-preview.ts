/** Reads what `pulumi preview --json` writes. Everything in it may be missing, as in a preview that failed. */
import { jobSetToken, jobToken } from "../provider/state-contract";
import type { Message } from "./diagnostics";
import { isDiagnostic, readDiagnostics } from "./diagnostics";
import { findDocuments } from "./document";
import { quoted } from "./rich-text";
import type { SetItems } from "./set-items";
import type { Urn } from "./urn";
import { readUrn } from "./urn";
import { isObject, listOf, membersOf } from "./preview-values";
import type { Values } from "./preview-values";

export interface Preview {
  readonly steps: readonly Step[];
  readonly config: Readonly<Record<string, unknown>>;
  /** What the engine reported as an error. */
  readonly errors: readonly Message[];
  /** What it was told otherwise. */
  readonly notes: readonly Message[];
  /** How many resources have each operation, those included that are not among the steps. */
  readonly summary: Readonly<Record<string, number>>;
}

export interface Step {
  readonly op: string;
  readonly urn: Urn;
  readonly old?: State;
  readonly new?: State;
  /** Properties that the provider or the engine gave as the cause of a replacement. */
  readonly replaceReasons: readonly string[];
  /** The set that the job is of. */
  readonly set?: OfSet;
  /** Nothing that the preview shows says whether the job runs. */
  readonly isUnsure?: boolean;
  /** The steps of the jobs that this one stands for. */
  readonly parts?: readonly Step[];
}

export interface OfSet {
  readonly urn: Urn;
  readonly op: string;
  /** The job's name in the set. */
  readonly job?: string;
  readonly items: () => SetItems;
}

export interface State {
  readonly id?: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly initErrors: readonly string[];
  readonly tainted: boolean;
  readonly retainOnDelete: boolean;
  /** It has been deleted for a replacement, or is about to be. */
  readonly pendingReplacement: boolean;
}

export class NotAPreviewError extends Error {
  override readonly name = "NotAPreviewError";
}

const remedy = "It takes what `pulumi preview --json > preview.json` writes.";

export function readPreview(input: string): Preview {
  const digest = digestOf(input);
  const steps = listOf(digest.steps).flatMap(readStep);
  const unknown = steps.find(
    ({ op, urn }) => [jobToken, jobSetToken].includes(urn.type) && !operations.includes(op),
  );
  if (unknown) {
    throw new NotAPreviewError(
      `The preview has an operation "${quoted(unknown.op)}" of job ${quoted(unknown.urn.name)}, which this version of ` +
        "pulumi-dataexchange does not know. Install a newer one.",
    );
  }
  return {
    steps,
    config: membersOf(digest.config),
    ...readDiagnostics(listOf(digest.diagnostics)),
    summary: membersOf(digest.changeSummary) as Record<string, number>,
  };
}

/** The one preview in the input; other documents beside it, such as the lines of a structured log, are let be. */
function digestOf(input: string): Values {
  const { documents, text, isCut } = findDocuments(input);
  const previews = documents.filter(isDigest);
  if (previews.length > 1) {
    throw new NotAPreviewError(
      `The input holds ${previews.length} previews, and a review is of one. ${remedy}`,
    );
  }
  if (previews.length === 1 && !isCut) return previews[0]!;
  const beside = text === undefined ? "" : ` Beside it stands "${quoted(text)}".`;
  throw new NotAPreviewError(`${whyNot(input, documents, isCut)}${beside}`);
}

function whyNot(input: string, documents: readonly unknown[], isCut: boolean): string {
  const [first] = documents;
  if (input.trim() === "") return `The input is empty. ${remedy}`;
  if (isEvent(first)) {
    return (
      "The input is a stream of the engine's events, as --event-log and PULUMI_ENABLE_STREAMING_JSON_PREVIEW have " +
      "Pulumi write. Run `pulumi preview --json` without them, and take its standard output."
    );
  }
  if (isCut || (documents.length === 0 && /^\s*\{/.test(input)))
    return `The input is no JSON. It is cut off: its document has no end. ${remedy}`;
  if (documents.length === 0) return `The input is no JSON. ${remedy}`;
  if (documents.some((each) => isObject(each) && Object.keys(each).length === 0))
    return "The preview is empty: Pulumi failed before it began, and said why on standard error.";
  const summary = documents.some((each) => isObject(each) && isObject(each.summary) && "result" in each)
    ? " It is the summary that `pulumi preview --output json` writes."
    : "";
  return `The input is JSON, but no preview.${summary} ${remedy}`;
}

const isEvent = (value: unknown): boolean =>
  isObject(value) && typeof value.sequence === "number" && typeof value.timestamp === "number";

/** The engine's operations; `StepOp` in its source. Of a job none is left out because nobody knows what it does. */
const operations = [
  ...["same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read"],
  ...["read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import"],
  ...["import-replacement", "diff"],
];

/** All members that the engine's `PreviewDigest` has; what has another is another document. */
const members = ["config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"];
/** A preview has at least one of these, also when it failed. */
const telling = ["steps", "diagnostics", "changeSummary"];

function isDigest(value: unknown): value is Values {
  if (!isObject(value) || !Object.keys(value).every((member) => members.includes(member))) return false;
  const { config, steps = [], diagnostics = [], duration = 0, changeSummary = {} } = value;
  return (
    telling.some((member) => member in value) &&
    (config === undefined || isObject(config)) &&
    Array.isArray(steps) &&
    steps.every((step) => readStep(step).length === 1) &&
    Array.isArray(diagnostics) &&
    diagnostics.every(isDiagnostic) &&
    typeof duration === "number" &&
    isObject(changeSummary) &&
    Object.values(changeSummary).every((number) => typeof number === "number") &&
    showsChanges(steps, changeSummary)
  );
}

/** The engine counts a change only when it shows it; a document without its steps is no whole one. */
const showsChanges = (steps: readonly unknown[], summary: Values): boolean =>
  ["create", "update", "replace", "delete"].every(
    (op) => !(Number(summary[op] ?? 0) > 0) || steps.some((step) => membersOf(step).op === op),
  );

function readStep(step: unknown): Step[] {
  const { op, urn, oldState, newState, replaceReasons } = membersOf(step);
  const read = readUrn(urn);
  if (typeof op !== "string" || !read) return [];
  return [
    {
      op,
      urn: read,
      ...(isObject(oldState) && { old: readState(oldState) }),
      ...(isObject(newState) && { new: readState(newState) }),
      replaceReasons: texts(replaceReasons),
    },
  ];
}

function readState(state: Values): State {
  const {
    id,
    inputs,
    outputs,
    parent,
    dependencies,
    propertyDependencies,
    initErrors,
    taint,
    retainOnDelete,
    pendingReplacement,
  } = state;
  return {
    ...(typeof id === "string" && { id }),
    inputs: membersOf(inputs),
    outputs: membersOf(outputs),
    ...(typeof parent === "string" && { parent }),
    dependencies: texts(dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(membersOf(propertyDependencies)).map(([property, urns]) => [property, texts(urns)]),
    ),
    initErrors: texts(initErrors),
    tainted: taint === true,
    retainOnDelete: retainOnDelete === true,
    pendingReplacement: pendingReplacement === true,
  };
}

const texts = (values: unknown): string[] =>
  listOf(values).filter((value): value is string => typeof value === "string");
