/** Validates values against shapes and reports every problem. Never throws. */
import type { Fault, ListShape, Member, Report, Shape, StringShape, StructShape } from "./shape";

/** A value that is not known yet. Valid for every shape. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** An archive. Valid for no shape. */
export const ARCHIVE: unique symbol = Symbol("archive");

export type Path = readonly (string | number)[];

/** A fault and its path. */
export interface Problem extends Fault {
  readonly path: Path;
}

export const problem = (path: Path, code: string, message: string): Problem => ({ path, code, message });

/** Maximum length of a member's name in a message. */
const maxNameLength = 100;

/** The path as in TypeScript: `details.importAssetsFromS3.assetSources[3].key`. */
export const formatPath = (path: Path): string =>
  path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      const name = step.length > maxNameLength ? `${step.slice(0, maxNameLength)}…` : step;
      return i === 0 ? name : `.${name}`;
    })
    .join("");

/** Every problem of `value`, in the order of its members, without duplicates. */
export function validate(shape: Shape, value: unknown, at: Path = []): Problem[] {
  return problemsOf(shape, value, at, true);
}

/** The problems that the service reports when it receives `value`. */
export const validateAsService = (shape: Shape, value: unknown, at: Path = []): Problem[] =>
  problemsOf(shape, value, at, false);

function problemsOf(shape: Shape, value: unknown, at: Path, previews: boolean): Problem[] {
  const problems = new Map<string, Problem>();
  const report: Report = (path, code, message) => {
    const key = `${JSON.stringify(path)} ${message}`;
    if (!problems.has(key)) problems.set(key, { path, code, message });
  };
  walk(shape, value, at, { report, previews });
  return [...problems.values()];
}

interface Validation {
  readonly report: Report;
  /** Whether to apply the `preview` checks of the shapes. */
  readonly previews: boolean;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function walk(shape: Shape, value: unknown, at: Path, validation: Validation): void {
  if (value === UNKNOWN) return;
  const { report } = validation;
  if (!typeChecks[shape.kind](value)) {
    return report(at, "wrong-type", `must be ${typeNames[shape.kind]}, not ${describeKind(value)}`);
  }
  switch (shape.kind) {
    case "string": {
      const fault = findTextFault(shape, value as string, validation.previews);
      return fault && report(at, fault.code, fault.message);
    }
    case "integer":
    case "double": {
      const { min = -Infinity, max = Infinity } = shape;
      if ((value as number) < min) report(at, "too-small", `must be at least ${min}`);
      if ((value as number) > max) report(at, "too-large", `must be at most ${max}`);
      return;
    }
    case "list":
      return checkList(shape, value as unknown[], at, validation);
    case "map":
      return Object.entries(value as object).forEach(([key, held]) =>
        walk(shape.of, held, [...at, key], validation),
      );
    case "struct":
      return checkStruct(shape, value as Record<string, unknown>, at, validation);
  }
}

const typeChecks: Readonly<Record<Shape["kind"], (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  double: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
  timestamp: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  list: Array.isArray,
  map: isRecord,
  struct: isRecord,
};

const typeNames: Readonly<Record<Shape["kind"], string>> = {
  string: "a string",
  integer: "a whole number",
  double: "a number",
  boolean: "true or false",
  timestamp: "an ISO 8601 date and time",
  list: "a list",
  map: "an object",
  struct: "an object",
};

function findTextFault(shape: StringShape, value: string, previews: boolean): Fault | undefined {
  const { check, pattern, meaning, maxBytes = Infinity } = (previews && shape.preview) || {};
  const fault =
    findLengthFault(shape, value) ?? check?.(value) ?? findValueFault(shape, value) ?? shape.check?.(value);
  if (fault) return fault;
  const bytes = Buffer.byteLength(value);
  if (bytes > maxBytes) {
    return {
      code: "too-many-bytes",
      message: `must be at most ${maxBytes} bytes long in UTF-8, not ${bytes}`,
    };
  }
  return findPatternFault(pattern, meaning, value);
}

function findLengthFault(
  { minLength = 0, maxLength = Infinity }: StringShape,
  value: string,
): Fault | undefined {
  // In Unicode code points, as in Smithy, the language of the API model.
  const { length } = [...value];
  if (length > maxLength) {
    return { code: "too-long", message: `must be at most ${maxLength} characters long, not ${length}` };
  }
  if (length >= minLength) return undefined;
  return minLength === 1
    ? { code: "empty-value", message: "must not be empty" }
    : { code: "too-short", message: `must be at least ${minLength} characters long, not ${length}` };
}

const findValueFault = ({ values, pattern, meaning }: StringShape, value: string): Fault | undefined =>
  values && !values.includes(value)
    ? { code: "unknown-value", message: `must be ${orList(values)}, not ${describeKind(value)}` }
    : findPatternFault(pattern, meaning, value);

const findPatternFault = (pattern: string | undefined, meaning: string | undefined, value: string) =>
  pattern === undefined || compiled(pattern).test(value)
    ? undefined
    : {
        code: "wrong-format",
        message: `must be ${meaning ?? `of the form ${pattern}`}, not ${describeKind(value)}`,
      };

function checkList(shape: ListShape, value: readonly unknown[], at: Path, validation: Validation): void {
  const { minItems = 0, maxItems = Infinity, limit } = shape;
  const count = value.length;
  if (count < minItems) {
    const message =
      minItems === 1 ? "must not be empty" : `must contain at least ${minItems} items, not ${count}`;
    validation.report(at, "too-few-items", message);
  }
  if (count > maxItems) {
    const quota = limit ? ` (“${limit}”)` : "";
    validation.report(
      at,
      "too-many-items",
      `contains ${count} items; the service accepts at most ${maxItems}${quota}`,
    );
  }
  value.forEach((item, index) => walk(shape.of, item, [...at, index], validation));
}

function checkStruct(
  shape: StructShape,
  value: Readonly<Record<string, unknown>>,
  at: Path,
  validation: Validation,
): void {
  const { report } = validation;
  for (const [name, member] of Object.entries(shape.members)) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!isAbsent(held)) checkMember(member, held, [...at, name], validation);
    else if (member.required) report([...at, name], "missing-member", "is required");
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(shape.members, name) || isAbsent(value[name])) continue;
    const known = Object.keys(shape.members).join(", ");
    const noun = shape.memberNoun;
    const message = noun
      ? `is not ${noun}; use one of ${known}`
      : `is not a member of ${shape.name}, which has ${known}`;
    report([...at, name], "unknown-member", message);
  }
  shape.rules?.forEach((rule) =>
    rule(value, (path, code, message) => report([...at, ...path], code, message)),
  );
}

/** The message about a secret reveals nothing about its value. */
function checkMember(member: Member, value: unknown, at: Path, validation: Validation): void {
  if (!member.secret) return walk(member.shape, value, at, validation);
  const codes: string[] = [];
  walk(member.shape, value, at, { ...validation, report: (_path, code) => codes.push(code) });
  const [code] = codes;
  if (code === undefined) return;
  validation.report(
    at,
    code,
    `must be a ${member.shape.kind}; the value is not shown, because it is a secret`,
  );
}

const compiledPatterns = new Map<string, RegExp>();
function compiled(pattern: string): RegExp {
  let regExp = compiledPatterns.get(pattern);
  if (!regExp) compiledPatterns.set(pattern, (regExp = new RegExp(`^(?:${pattern})$`)));
  return regExp;
}

const orList = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

/**
 * The kind of a value, for a message. The value is never shown, because Pulumi's host passes secrets to a provider in plain
 * text, so any value may be one.
 */
export function describeKind(value: unknown): string {
  if (value === ARCHIVE) return "an archive";
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value === "") return "an empty string";
  if (typeof value === "string")
    return `a string of ${value.length} ${value.length === 1 ? "character" : "characters"}`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
