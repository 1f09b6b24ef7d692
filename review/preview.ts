/** Reads what `pulumi preview --json` writes. Everything in it may be missing, as in a preview that failed. */
import { withoutCredentials } from "./phrase";
import { isObject, listOf, membersOf } from "./values";
import type { Values } from "./values";

export interface Preview {
  readonly steps: readonly Step[];
  readonly config: Readonly<Record<string, unknown>>;
  /** What the engine reported as an error. */
  readonly errors: readonly { readonly urn?: Urn; readonly message: string }[];
  /** What it was told otherwise. */
  readonly notes: Preview["errors"];
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
}

export interface Urn {
  readonly text: string;
  readonly stack: string;
  readonly project: string;
  /** The resource's own type, without those of its parents. */
  readonly type: string;
  readonly name: string;
}

export class NotAPreviewError extends Error {
  override readonly name = "NotAPreviewError";
}

export const stackType = "pulumi:pulumi:Stack";

const remedy = "It takes what `pulumi preview --json > preview.json` writes.";

export function readPreview(json: string): Preview {
  if (json.trim() === "") throw new NotAPreviewError(`The input is empty. ${remedy}`);
  const digest = parse(json);
  if (isObject(digest) && Object.keys(digest).length === 0) {
    throw new NotAPreviewError(
      "The preview is empty: Pulumi failed before it began, and said why on standard error.",
    );
  }
  // A preview of nothing at all, or one that failed early, has no steps; no other document has these members.
  const known = ["steps", "changeSummary", "diagnostics", "duration"];
  if (!isObject(digest) || !known.some((member) => member in digest) || !isDigest(digest)) {
    throw new NotAPreviewError(`The input is JSON, but no preview. ${remedy}`);
  }
  const messages = listOf(digest.diagnostics).map(membersOf).filter(saysSomething);
  return {
    steps: listOf(digest.steps).flatMap(readStep),
    config: membersOf(digest.config),
    errors: withoutEchoes(messages.filter(isError).map(readMessage)),
    notes: withoutEchoes(messages.filter((message) => !isError(message)).map(readMessage)),
    summary: Object.fromEntries(
      Object.entries(membersOf(digest.changeSummary)).filter(([, number]) => typeof number === "number"),
    ) as Record<string, number>,
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    if (/^\s*\{"sequence":\d/.test(json)) {
      throw new NotAPreviewError(
        "The input is a stream of the engine's events. Run `pulumi preview --json` without " +
          "PULUMI_ENABLE_STREAMING_JSON_PREVIEW.",
      );
    }
    throw new NotAPreviewError(`The input is no JSON. ${remedy}`);
  }
}

function isDigest({ steps, changeSummary, diagnostics }: Values): boolean {
  return (
    (steps === undefined || (Array.isArray(steps) && steps.every((step) => readStep(step).length === 1))) &&
    (changeSummary === undefined || isObject(changeSummary)) &&
    (diagnostics === undefined || Array.isArray(diagnostics))
  );
}

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
  };
}

/** `urn:pulumi:stack::project::parent's type$type::name`; a name may hold anything. */
export function readUrn(urn: unknown): Urn | undefined {
  const [, stack, project, types, name] =
    /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(typeof urn === "string" ? urn : "") ?? [];
  if (stack === undefined) return undefined;
  return { text: urn as string, stack, project: project!, type: types!.split("$").at(-1)!, name: name! };
}

const isError = ({ severity }: Values): boolean => severity === "error";

const saysSomething = ({ message }: Values): boolean => typeof message === "string" && message.trim() !== "";

/** The first line says what, and the next where that one leads to it; the others are a stack trace or the inputs. */
function readMessage({ urn, message }: Values): Preview["errors"][number] {
  const lines = (message as string).replace(/^error:\s*/, "").split("\n");
  const [first = "", second = ""] = lines.map((line) => line.trim()).filter((line) => line !== "");
  return {
    urn: readUrn(urn),
    message: withoutCredentials(first.endsWith(":") ? `${first} ${second}` : first),
  };
}

/** The engine says what a program or a resource has said a second time, in short; what another says is its own. */
function withoutEchoes(messages: Preview["errors"]): Preview["errors"] {
  const isEcho = (one: Preview["errors"][number], other: Preview["errors"][number]) =>
    other.message.toLowerCase().includes(one.message.toLowerCase()) &&
    (one.urn === undefined || one.urn.type === stackType || one.urn.text === other.urn?.text);
  return messages.filter((one, index) => !messages.slice(0, index).some((other) => isEcho(one, other)));
}

const texts = (values: unknown): string[] =>
  listOf(values).filter((value): value is string => typeof value === "string");
