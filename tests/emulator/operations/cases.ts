/** Invalid requests, each with one violation, derived from the description of an operation. */
import type { Operation } from "../../../service-model/operations/operation";
import { locationOf, wireName } from "../../../service-model/operations/operation";
import type { Member, Shape, StructShape } from "../../../service-model/shape";
import { violations } from "./rule-violations";
import type { Path } from "../../../service-model/validate";
import type { Json } from "./wire";

export interface Case {
  /** Description of the violation. */
  readonly what: string;
  /** Path of the invalid value, under the names of the shapes, with the first item of each list. */
  readonly at: Path;
  /** Returns the invalid value for a valid one; undefined omits the member. */
  readonly toInvalid: (right: unknown) => unknown;
  /** Name of the member in the error message. */
  readonly named: string;
  readonly messageText?: string;
}

export interface Cases {
  /** A required member is absent. */
  readonly missing: readonly Case[];
  /** A required member of the path is absent, so that no operation matches. */
  readonly unroutable: readonly Case[];
  /** A value violates a constraint. */
  readonly outside: readonly Case[];
}

/** A member or an item at a path of an input. */
interface InputElement {
  readonly at: Path;
  readonly named: string;
  readonly member: Member;
  readonly shape: Shape;
  /** Whether the value has a type in HTTP: in paths, headers and query strings, all values are strings. */
  readonly typed: boolean;
}

export function casesOf(operation: Operation): Cases {
  const elements = elementsOf(operation);
  const required = elements.filter(({ at, member }) => member.required && typeof at.at(-1) === "string");
  const missing = required.map(({ at, named }): Case => ({
    what: "missing",
    at,
    named,
    toInvalid: () => undefined,
    messageText: "is required",
  }));
  const unroutable = missing.filter(({ at }) => isRoute(operation, at));
  return {
    missing: missing.filter((one) => !unroutable.includes(one)),
    unroutable,
    outside: [...elements.flatMap(outsideOf), ...structsOf(operation).flatMap(brokenRules)],
  };
}

/** Whether the member is part of the route. */
const isRoute = (operation: Operation, at: Path): boolean => locationOf(operation, String(at[0])) === "path";

/** Every member and item of an operation's input, at every depth. */
export function elementsOf(operation: Operation): InputElement[] {
  return Object.entries(operation.input.members).flatMap(([name, member]) => {
    const location = locationOf(operation, name);
    const named = wireName(name, member);
    return within({ at: [name], named, member, shape: member.shape, typed: location === "body" });
  });
}

function within(element: InputElement): InputElement[] {
  const { at, named, member, shape, typed } = element;
  if (shape.kind === "list") {
    const item = { ...member, required: false };
    return [
      element,
      ...within({ at: [...at, 0], named: `${named}[0]`, member: item, shape: shape.of, typed }),
    ];
  }
  if (shape.kind !== "struct") return [element];
  const inner = Object.entries(shape.members).flatMap(([name, held]) =>
    within({
      at: [...at, name],
      named: `${named}.${wireName(name, held)}`,
      member: held,
      shape: held.shape,
      typed,
    }),
  );
  return [element, ...inner];
}

function outsideOf({ at, named, shape, typed }: InputElement): Case[] {
  const wrong = Object.entries({ ...(typed ? wrongKind(shape) : {}), ...outside(shape) });
  const own = wrong.map(([what, toInvalid]): Case => ({ what, at, named, toInvalid }));
  if (shape.kind !== "map" || !typed) return own;
  // Keys of a map are data, so they keep their case.
  const entry = wrongKind(shape.of)["kind"]!;
  return [
    ...own,
    { what: "kind of an entry", at, named: `${named}.aKey`, toInvalid: () => ({ aKey: entry(0) }) },
  ];
}

type InvalidValues = Record<string, (right: unknown) => unknown>;

function wrongKind({ kind }: Shape): InvalidValues {
  const wrong = { string: 7, integer: "many", double: "much", boolean: "yes", timestamp: 7, list: {} };
  return { kind: () => (kind in wrong ? wrong[kind as keyof typeof wrong] : "text") };
}

function outside(shape: Shape): InvalidValues {
  switch (shape.kind) {
    case "string":
      return outsideString(shape);
    case "integer":
    case "double": {
      const { min, max } = shape;
      return {
        ...(shape.kind === "integer" && { "whole number": () => 1.5 }),
        ...(min !== undefined && { min: () => min - 1 }),
        ...(max !== undefined && { max: () => max + 1 }),
      };
    }
    case "timestamp":
      return { "ISO 8601": () => "yesterday" };
    case "list": {
      const { minItems = 0, maxItems } = shape;
      return {
        ...(minItems > 0 && { minItems: () => [] }),
        ...(maxItems !== undefined && {
          maxItems: (right) => new Array<unknown>(maxItems + 1).fill((right as unknown[])[0]),
        }),
      };
    }
    default:
      return {};
  }
}

function outsideString({
  pattern,
  minLength = 0,
  maxLength,
  values,
  check,
}: Shape & { kind: "string" }): InvalidValues {
  const whole = new RegExp(`^(?:${pattern ?? ""})$`);
  const strange = ["é", "é".repeat(minLength), "-", "-".repeat(24)];
  return {
    ...(values && { values: () => "NONE_OF_THEM" }),
    ...(pattern && {
      pattern: () => first(strange, (text) => text.length >= minLength && !whole.test(text)),
    }),
    ...(minLength > 0 && { minLength: () => "a".repeat(minLength - 1) }),
    ...(maxLength !== undefined && { maxLength: () => "a".repeat(maxLength + 1) }),
    ...(check && { check: () => first(["${Unknown}", "none"], (text) => check(text) !== undefined) }),
  };
}

function first(texts: readonly string[], isWrong: (text: string) => boolean): string {
  const found = texts.find(isWrong);
  if (found === undefined) throw new Error(`None of ${texts.join(", ")} is wrong.`);
  return found;
}

interface Struct {
  readonly shape: StructShape;
  readonly at: Path;
  readonly named: string;
}

function structsOf(operation: Operation): Struct[] {
  const held = elementsOf(operation).flatMap(({ shape, at, named }) =>
    shape.kind === "struct" ? [{ shape, at, named }] : [],
  );
  return [{ shape: operation.input, at: [], named: "" }, ...held];
}

/** Rules between members are functions, from which no case can be derived, so `violations` lists theirs. */
const brokenRules = ({ shape, at, named }: Struct): Case[] =>
  shape.rules === undefined
    ? []
    : (violations[shape.name] ?? []).map(({ what, toInvalid, names }) => ({
        what,
        at,
        toInvalid: (right) => toInvalid(right as Json),
        named: [named, names].filter(Boolean).join("."),
      }));

/** Names of the structs with rules in an operation's input. */
export const ruledStructs = (operation: Operation): string[] =>
  structsOf(operation).flatMap(({ shape }) => (shape.rules ? [shape.name] : []));

const enter = (value: unknown, step: string | number): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;

export const valueAt = (input: unknown, at: Path): unknown => at.reduce(enter, input);

/** A copy of the input with another value at a path. */
export function replaced(input: unknown, at: Path, change: (right: unknown) => unknown): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return change(input);
  const copy = (Array.isArray(input) ? [...(input as unknown[])] : { ...(input as Json) }) as Json;
  copy[step] = replaced(enter(input, step), rest, change);
  return copy;
}
