/** Holds a value against a shape and reports everything that does not fit. Never throws. */
import type { ListShape, Member, NumberShape, Report, Shape, StringShape, StructShape } from "./shape";

/** Stands for a value that is not known yet. Fits every shape. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** Stands for an archive. Fits no shape. */
export const ARCHIVE: unique symbol = Symbol("archive");

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** Predicate of a sentence whose subject is the path: "must be …", "is required". */
  readonly message: string;
}

/** Longest name of a member that a message repeats. */
const maxNameLength = 100;

/** `details.importAssetsFromS3.assetSources[3].key`, as in the language that the inputs are written in. */
export const formatPath = (path: Path): string =>
  path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      const name = step.length > maxNameLength ? `${step.slice(0, maxNameLength)}…` : step;
      return i === 0 ? name : `.${name}`;
    })
    .join("");

/** Every problem of `value`, in the order of its members, none twice. */
export function validate(shape: Shape, value: unknown, at: Path = []): Problem[] {
  return problemsOf(shape, value, at, true);
}

/** The problems that the service itself has with `value` at once. */
export const validateAsService = (shape: Shape, value: unknown, at: Path = []): Problem[] =>
  problemsOf(shape, value, at, false);

function problemsOf(shape: Shape, value: unknown, at: Path, previews: boolean): Problem[] {
  const problems = new Map<string, Problem>();
  const report: Report = (path, message) => {
    const key = `${JSON.stringify(path)} ${message}`;
    if (!problems.has(key)) problems.set(key, { path, message });
  };
  walk(shape, value, at, { report, previews });
  return [...problems.values()];
}

interface Validation {
  readonly report: Report;
  /** Whether `preview` of the shapes counts. */
  readonly previews: boolean;
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function walk(shape: Shape, value: unknown, at: Path, validation: Validation): void {
  if (value === UNKNOWN) return;
  const { report } = validation;
  switch (shape.kind) {
    case "string":
      return checkString(shape, value, at, validation);
    case "integer":
    case "double":
      return checkNumber(shape, value, at, report);
    case "boolean":
      return typeof value === "boolean"
        ? undefined
        : report(at, `must be true or false, not ${describeKind(value)}`);
    case "timestamp":
      return typeof value === "string" && !Number.isNaN(Date.parse(value))
        ? undefined
        : report(at, `must be an ISO 8601 date and time, not ${describeKind(value)}`);
    case "list":
      return checkList(shape, value, at, validation);
    case "map":
      if (!isRecord(value)) return report(at, `must be an object, not ${describeKind(value)}`);
      return Object.keys(value).forEach((key) => walk(shape.of, value[key], [...at, key], validation));
    case "struct":
      return checkStruct(shape, value, at, validation);
  }
}

function checkString(shape: StringShape, value: unknown, at: Path, { report, previews }: Validation): void {
  if (typeof value !== "string") return report(at, `must be a string, not ${describeKind(value)}`);
  const wrong =
    wrongLength(shape, value) ?? (previews ? wrongInPreview(shape, value) : wrongText(shape, value));
  if (wrong !== undefined) report(at, wrong);
}

function wrongLength(
  { minLength = 0, maxLength = Infinity }: StringShape,
  value: string,
): string | undefined {
  // In Unicode code points, as Smithy, the language of the API model, counts.
  const { length } = [...value];
  if (length > maxLength) return `must be at most ${maxLength} characters long, not ${length}`;
  if (length >= minLength) return undefined;
  return minLength === 1
    ? "must not be empty"
    : `must be at least ${minLength} characters long, not ${length}`;
}

function wrongText({ values, pattern, meaning, check }: StringShape, value: string): string | undefined {
  if (values && !values.includes(value)) return `must be ${orList(values)}, not ${describeKind(value)}`;
  return unlike(pattern, meaning, value) ?? check?.(value);
}

function wrongInPreview(shape: StringShape, value: string): string | undefined {
  const { pattern, meaning, maxBytes = Infinity, mistake } = shape.preview ?? {};
  const wrong = mistake?.(value) ?? wrongText(shape, value) ?? unlike(pattern, meaning, value);
  if (wrong !== undefined) return wrong;
  const bytes = Buffer.byteLength(value);
  return bytes > maxBytes ? `must be at most ${maxBytes} bytes long in UTF-8, not ${bytes}` : undefined;
}

const unlike = (
  pattern: string | undefined,
  meaning: string | undefined,
  value: string,
): string | undefined =>
  pattern === undefined || compiled(pattern).test(value)
    ? undefined
    : `must be ${meaning ?? `of the form ${pattern}`}, not ${describeKind(value)}`;

function checkNumber(shape: NumberShape, value: unknown, at: Path, report: Report): void {
  const { kind, min = -Infinity, max = Infinity } = shape;
  if (
    typeof value !== "number" ||
    !Number.isFinite(value) ||
    (kind === "integer" && !Number.isInteger(value))
  ) {
    return report(
      at,
      `must be ${kind === "integer" ? "a whole number" : "a number"}, not ${describeKind(value)}`,
    );
  }
  if (value < min) report(at, `must be at least ${min}`);
  if (value > max) report(at, `must be at most ${max}`);
}

function checkList(shape: ListShape, value: unknown, at: Path, validation: Validation): void {
  const { report } = validation;
  if (!Array.isArray(value)) return report(at, `must be a list, not ${describeKind(value)}`);
  const { minItems = 0, maxItems = Infinity, limit } = shape;
  if (value.length < minItems) {
    report(
      at,
      minItems === 1 ? "must not be empty" : `must hold at least ${minItems} items, not ${value.length}`,
    );
  }
  if (value.length > maxItems) {
    report(
      at,
      `holds ${value.length} items; the service takes at most ${maxItems}${limit ? ` (“${limit}”)` : ""}`,
    );
  }
  value.forEach((item, index) => walk(shape.of, item, [...at, index], validation));
}

function checkStruct(shape: StructShape, value: unknown, at: Path, validation: Validation): void {
  const { report } = validation;
  if (!isRecord(value)) return report(at, `must be an object, not ${describeKind(value)}`);
  for (const [name, member] of Object.entries(shape.members)) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!isAbsent(held)) checkMember(member, held, [...at, name], validation);
    else if (member.required) report([...at, name], "is required");
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape.members, name) && !isAbsent(value[name])) {
      report(
        [...at, name],
        `is not known here; ${shape.name} takes ${Object.keys(shape.members).join(", ")}`,
      );
    }
  }
  shape.rules?.forEach((rule) => rule(value, (path, message) => report([...at, ...path], message)));
}

/** A value that is a secret is never quoted back. */
function checkMember(member: Member, value: unknown, at: Path, validation: Validation): void {
  if (!member.secret) return walk(member.shape, value, at, validation);
  let wrong = false;
  walk(member.shape, value, at, { ...validation, report: () => (wrong = true) });
  if (wrong)
    validation.report(at, `must be a ${member.shape.kind}; what was given is not shown, it is a secret`);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const compiledPatterns = new Map<string, RegExp>();
function compiled(pattern: string): RegExp {
  let regExp = compiledPatterns.get(pattern);
  if (!regExp) compiledPatterns.set(pattern, (regExp = new RegExp(`^(?:${pattern})$`)));
  return regExp;
}

const orList = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

/**
 * What kind of value it is, for a message. The value itself is never shown: Pulumi's host hands secrets to a provider in
 * clear, so that any value may be one.
 */
export function describeKind(value: unknown): string {
  if (value === ARCHIVE) return "an archive";
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value === "") return "an empty string";
  if (typeof value === "string")
    return `a string of ${value.length} ${value.length === 1 ? "character" : "characters"}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
