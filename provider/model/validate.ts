/** Holds a value against a shape and reports everything that does not fit. Never throws. */
import type { ListShape, Member, NumberShape, Report, Shape, StringShape, StructShape } from "./shape";

/** Stands for a value that is not known yet. Fits every shape. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** Predicate of a sentence whose subject is the path: "must be …", "is required". */
  readonly message: string;
}

/** `details.importAssetsFromS3.assetSources[3].key`, as in the language that the inputs are written in. */
export const formatPath = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

/** Every problem of `value`, in the order of its members, none twice. */
export function validate(shape: Shape, value: unknown, at: Path = []): Problem[] {
  const problems = new Map<string, Problem>();
  walk(shape, value, at, (path, message) => {
    const key = `${formatPath(path)} ${message}`;
    if (!problems.has(key)) problems.set(key, { path, message });
  });
  return [...problems.values()];
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function walk(shape: Shape, value: unknown, at: Path, report: Report): void {
  if (value === UNKNOWN) return;
  switch (shape.kind) {
    case "string":
      return checkString(shape, value, at, report);
    case "integer":
    case "double":
      return checkNumber(shape, value, at, report);
    case "boolean":
      return typeof value === "boolean"
        ? undefined
        : report(at, `must be true or false, not ${describe(value)}`);
    case "timestamp":
      return typeof value === "string" && !Number.isNaN(Date.parse(value))
        ? undefined
        : report(at, `must be an ISO 8601 date and time, not ${describe(value)}`);
    case "list":
      return checkList(shape, value, at, report);
    case "map":
      if (!isRecord(value)) return report(at, `must be an object, not ${describe(value)}`);
      return Object.keys(value).forEach((key) => walk(shape.of, value[key], [...at, key], report));
    case "struct":
      return checkStruct(shape, value, at, report);
  }
}

function checkString(shape: StringShape, value: unknown, at: Path, report: Report): void {
  if (typeof value !== "string") return report(at, `must be a string, not ${describe(value)}`);
  const { pattern, meaning, minLength = 0, maxLength = Infinity, values, check } = shape;
  if (values && !values.includes(value)) {
    return report(at, `must be ${orList(values)}, not ${describe(value)}`);
  }
  // In Unicode code points, as Smithy, the language of the API model, counts.
  const { length } = [...value];
  if (length < minLength) {
    report(
      at,
      minLength === 1 ? "must not be empty" : `must be at least ${minLength} characters long, not ${length}`,
    );
  } else if (length > maxLength) {
    report(at, `must be at most ${maxLength} characters long, not ${length}`);
  } else if (pattern && !compiled(pattern).test(value)) {
    report(at, `must be ${meaning ?? `of the form ${pattern}`}, not ${describe(value)}`);
  } else {
    const wrong = check?.(value);
    if (wrong) report(at, wrong);
  }
}

function checkNumber(shape: NumberShape, value: unknown, at: Path, report: Report): void {
  const { kind, min = -Infinity, max = Infinity } = shape;
  if (
    typeof value !== "number" ||
    !Number.isFinite(value) ||
    (kind === "integer" && !Number.isInteger(value))
  ) {
    return report(
      at,
      `must be ${kind === "integer" ? "a whole number" : "a number"}, not ${describe(value)}`,
    );
  }
  if (value < min) report(at, `must be at least ${min}, not ${value}`);
  if (value > max) report(at, `must be at most ${max}, not ${value}`);
}

function checkList(shape: ListShape, value: unknown, at: Path, report: Report): void {
  if (!Array.isArray(value)) return report(at, `must be a list, not ${describe(value)}`);
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
  value.forEach((item, index) => walk(shape.of, item, [...at, index], report));
}

function checkStruct(shape: StructShape, value: unknown, at: Path, report: Report): void {
  if (!isRecord(value)) return report(at, `must be an object, not ${describe(value)}`);
  for (const [name, member] of Object.entries(shape.members)) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!isAbsent(held)) checkMember(member, held, [...at, name], report);
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
function checkMember(member: Member, value: unknown, at: Path, report: Report): void {
  if (!member.secret) return walk(member.shape, value, at, report);
  let wrong = false;
  walk(member.shape, value, at, () => (wrong = true));
  if (wrong) report(at, `must be a ${member.shape.kind}; what was given is not shown, it is a secret`);
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

/** A short, safe rendering of any value for a message. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  return `a ${typeof value}`;
}
