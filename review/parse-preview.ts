/** Parses the output of `pulumi preview --json`. Any part of it may be missing, as in a preview that failed. */
import { completeState } from "../provider/host/imported-job";
import { jobToken, pluginToken } from "../provider/resources/state-contract";
import { findDocuments } from "./find-documents";
import type { Message } from "./parse-diagnostics";
import { isDiagnostic, parseDiagnostics } from "./parse-diagnostics";
import type { Urn, Values } from "./preview-values";
import { isObject, listOf, membersOf, parseUrn } from "./preview-values";
import { parsePropertyPath } from "./property-path";
import { isJob, isSet } from "./resource-types";
import { quoted } from "./rich-text";

export interface Preview {
  readonly steps: readonly Step[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly errors: readonly Message[];
  /** Messages that are not errors. */
  readonly notes: readonly Message[];
  /** The number of resources by operation. It includes resources without a step. */
  readonly summary: Readonly<Record<string, number>>;
}

export interface Step {
  readonly op: string;
  readonly urn: Urn;
  readonly old?: State;
  readonly new?: State;
  /** Properties that the provider or the engine names as the cause of a replacement. */
  readonly replaceReasons: readonly string[];
  /** What a plugin names as changed. Empty for a dynamic provider, which names no values. */
  readonly changes: readonly Change[];
  /** The settings of the job's provider that are not known yet, because of which the engine has not compared the job. */
  readonly unknownSettings?: UnknownSettings;
  /** The set that the job belongs to. */
  readonly set?: SetOfJob;
  /** Whether the preview cannot show if the job runs. */
  readonly isPossible?: boolean;
  /** The steps of the jobs that this step stands for. */
  readonly parts?: readonly Step[];
}

export interface Change {
  /** As the engine writes it, such as `details.importAssetsFromS3.assetSources[0]`. */
  readonly text: string;
  readonly path: readonly (string | number)[];
}

export interface UnknownSettings {
  readonly names: readonly string[];
  readonly provider: Step;
}

export interface SetOfJob {
  readonly urn: Urn;
  readonly op: string;
  /** The job's name in the set. Absent where one step stands for all jobs. */
  readonly job?: string;
  /** Whether an item of this name moves from one job of the set to another. */
  readonly isMoved: (item: string) => boolean;
}

export interface State {
  readonly id?: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly parent?: string;
  /** The URN of its provider resource. */
  readonly provider?: string;
  /** The id of the option `import`. */
  readonly importId?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly tainted: boolean;
  readonly retainOnDelete: boolean;
  /** Whether it was deleted for a replacement, or is about to be. */
  readonly pendingReplacement: boolean;
}

/** Codes of inputs that cannot be reviewed. */
type NotAPreviewCode =
  | "empty-input"
  | "unreadable-file"
  | "input-too-large"
  | "too-deeply-nested"
  | "not-json"
  | "truncated-json"
  | "not-a-preview"
  | "empty-preview"
  | "event-stream"
  | "several-previews"
  | "unknown-operation";

export class NotAPreviewError extends Error {
  override readonly name = "NotAPreviewError";

  constructor(
    readonly code: NotAPreviewCode,
    message: string,
  ) {
    super(message);
  }
}

const remedy = "Run `pulumi preview --json > preview.json` and review that file.";

/** Throws a `NotAPreviewError` unless the input contains exactly one complete preview. */
export function parsePreview(input: string): Preview {
  const { documents, text, isCut } = findDocuments(input);
  const previews = documents.flatMap((document) => parseDigest(document) ?? []);
  const [preview] = previews;
  if (previews.length > 1)
    throw new NotAPreviewError("several-previews", `The input has ${previews.length} previews. ${remedy}`);
  if (!preview || isCut) {
    const { code, message } = whyNot(input, documents, isCut);
    const addition = text === undefined ? "" : ` It also contains the text "${quoted(text)}".`;
    throw new NotAPreviewError(code, `${message}${addition}`);
  }
  const unknown = preview.steps.find(({ op, urn }) => (isJob(urn) || isSet(urn)) && !operations.includes(op));
  if (unknown) {
    throw new NotAPreviewError(
      "unknown-operation",
      `The preview has the operation "${quoted(unknown.op)}" for job ${quoted(unknown.urn.name)}, which this version ` +
        "of pulumi-dataexchange does not know. Install a newer version.",
    );
  }
  return preview;
}

function whyNot(
  input: string,
  documents: readonly unknown[],
  isCut: boolean,
): { code: NotAPreviewCode; message: string } {
  const [first] = documents;
  if (input.trim() === "") return { code: "empty-input", message: `The input is empty. ${remedy}` };
  if (isEvent(first)) {
    return {
      code: "event-stream",
      message:
        "The input is a stream of engine events, which Pulumi writes with --event-log and " +
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW. Run `pulumi preview --json` without them.",
    };
  }
  if (isCut || (documents.length === 0 && /^\s*\{/.test(input)))
    return { code: "truncated-json", message: `The input is not valid JSON: its end is missing. ${remedy}` };
  if (documents.length === 0) return { code: "not-json", message: `The input is not valid JSON. ${remedy}` };
  if (documents.some((each) => isObject(each) && Object.keys(each).length === 0)) {
    return {
      code: "empty-preview",
      message: "The preview is empty: Pulumi failed before it began. See its standard error for the reason.",
    };
  }
  const summary = documents.some((each) => isObject(each) && isObject(each.summary) && "result" in each)
    ? " It is a summary, which Pulumi writes with `pulumi preview --output json`."
    : "";
  return { code: "not-a-preview", message: `The input is JSON but not a preview.${summary} ${remedy}` };
}

const isEvent = (value: unknown): boolean =>
  isObject(value) && typeof value.sequence === "number" && typeof value.timestamp === "number";

/** The engine's operations; `StepOp` in its source. An unknown operation of a job is refused, not ignored. */
const operations = [
  ...["same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read"],
  ...["read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import"],
  ...["import-replacement", "diff"],
];

/** All members of the engine's `PreviewDigest`. A document with another member is not a preview. */
const digestMembers = ["config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"];
/** A preview has at least one of these, even if it failed. */
const requiredMembers = ["steps", "diagnostics", "changeSummary"];

/** Returns undefined for a document that is not a complete preview. */
function parseDigest(value: unknown): Preview | undefined {
  if (!isObject(value) || !Object.keys(value).every((member) => digestMembers.includes(member)))
    return undefined;
  const { config = {}, steps = [], diagnostics = [], duration = 0, changeSummary = {} } = value;
  const parsed = listOf(steps).map(parseStep);
  const isDigest =
    requiredMembers.some((member) => member in value) &&
    isObject(config) &&
    Array.isArray(steps) &&
    Array.isArray(diagnostics) &&
    diagnostics.every(isDiagnostic) &&
    typeof duration === "number" &&
    isObject(changeSummary) &&
    Object.values(changeSummary).every((number) => typeof number === "number");
  if (!isDigest || !parsed.every((step) => step !== undefined)) return undefined;
  const summary = changeSummary as Record<string, number>;
  return hasCountedSteps(parsed, summary)
    ? { steps: parsed, config, ...parseDiagnostics(diagnostics), summary }
    : undefined;
}

/** The engine counts a change only if it shows its step. Without the steps the preview is incomplete. */
const hasCountedSteps = (steps: readonly Step[], summary: Preview["summary"]): boolean =>
  ["create", "update", "replace", "delete"].every(
    (op) => !((summary[op] ?? 0) > 0) || steps.some((step) => step.op === op),
  );

function parseStep(step: unknown): Step | undefined {
  const { op, urn, oldState, newState, replaceReasons, detailedDiff } = membersOf(step);
  const parsed = parseUrn(urn);
  if (typeof op !== "string" || !parsed) return undefined;
  return {
    op,
    urn: parsed,
    ...(isObject(oldState) && { old: parseState(oldState) }),
    ...(isObject(newState) && { new: parseState(newState) }),
    replaceReasons: stringsOf(replaceReasons),
    changes: Object.keys(membersOf(detailedDiff)).map((text) => ({ text, path: parsePropertyPath(text) })),
  };
}

function parseState(state: Values): State {
  const { id, parent, provider, importID, propertyDependencies } = state;
  const [inputs, outputs] = [membersOf(state.inputs), membersOf(state.outputs)];
  return {
    ...(typeof id === "string" && { id }),
    inputs,
    // As the plugin does, because the service shows only a part of a job that was imported.
    outputs: state.type === pluginToken(jobToken) ? completeState(outputs, inputs) : outputs,
    ...(typeof parent === "string" && { parent }),
    // A reference consists of the URN and the id.
    ...(typeof provider === "string" && { provider: provider.slice(0, provider.lastIndexOf("::")) }),
    ...(typeof importID === "string" && { importId: importID }),
    dependencies: stringsOf(state.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(membersOf(propertyDependencies)).map(([property, urns]) => [property, stringsOf(urns)]),
    ),
    tainted: state.taint === true,
    retainOnDelete: state.retainOnDelete === true,
    pendingReplacement: state.pendingReplacement === true,
  };
}

const stringsOf = (values: unknown): string[] =>
  listOf(values).filter((value): value is string => typeof value === "string");
