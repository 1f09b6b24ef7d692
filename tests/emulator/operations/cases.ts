/** What can be wrong with a request, one thing at a time, read off the description of its operation. */
import { wireName } from "../../../emulator/http/request-input";
import type { Operation } from "../../../service-model/operations/operation";
import { locationOf } from "../../../service-model/operations/operation";
import type { Member, Shape, StructShape } from "../../../service-model/shape";
import { violations } from "./rule-violations";
import type { Path } from "../../../service-model/validate";
import type { Json } from "./wire";

export interface Case {
  /** What is wrong, for people. */
  readonly what: string;
  /** Where, under the shapes' names; lists are entered at their first item. */
  readonly at: Path;
  /** The wrong value that takes the place of a right one; nothing leaves the member out. */
  readonly spoil: (right: unknown) => unknown;
  /** How the refusal names the member. */
  readonly named: string;
  readonly says?: string;
}

export interface Cases {
  /** Required members left out. */
  readonly missing: readonly Case[];
  /** Required members of the path left out: the request is then one that no operation knows. */
  readonly unroutable: readonly Case[];
  /** One value outside each constraint. */
  readonly outside: readonly Case[];
}

/** One place in an input. */
interface Place {
  readonly at: Path;
  readonly named: string;
  readonly member: Member;
  readonly shape: Shape;
  /** Whether the wire has kinds there: texts of paths, headers and query strings are texts whatever they say. */
  readonly typed: boolean;
}

export function casesOf(operation: Operation): Cases {
  const places = placesOf(operation);
  const left = places.filter(({ at, member }) => member.required && typeof at.at(-1) === "string");
  const missing = left.map(({ at, named }): Case => ({
    what: "missing",
    at,
    named,
    spoil: () => undefined,
    says: "is required",
  }));
  const unroutable = missing.filter(({ at }) => isRoute(operation, at));
  return {
    missing: missing.filter((one) => !unroutable.includes(one)),
    unroutable,
    outside: [...places.flatMap(outsideOf), ...structsOf(operation).flatMap(brokenRules)],
  };
}

/** Whether the request is told from others by the member. */
const isRoute = (operation: Operation, at: Path): boolean => locationOf(operation, String(at[0])) === "path";

/** Every place of an operation's input, at every depth. */
export function placesOf(operation: Operation): Place[] {
  return Object.entries(operation.input.members).flatMap(([name, member]) => {
    const location = locationOf(operation, name);
    const named = wireName(name, member);
    return within({ at: [name], named, member, shape: member.shape, typed: location === "body" });
  });
}

function within(place: Place): Place[] {
  const { at, named, member, shape, typed } = place;
  if (shape.kind === "list") {
    const item = { ...member, required: false };
    return [place, ...within({ at: [...at, 0], named: `${named}[0]`, member: item, shape: shape.of, typed })];
  }
  if (shape.kind !== "struct") return [place];
  const inner = Object.entries(shape.members).flatMap(([name, held]) =>
    within({
      at: [...at, name],
      named: `${named}.${wireName(name, held)}`,
      member: held,
      shape: held.shape,
      typed,
    }),
  );
  return [place, ...inner];
}

function outsideOf({ at, named, shape, typed }: Place): Case[] {
  const wrong = Object.entries({ ...(typed ? wrongKind(shape) : {}), ...outside(shape) });
  const own = wrong.map(([what, spoil]): Case => ({ what, at, named, spoil }));
  if (shape.kind !== "map" || !typed) return own;
  // Keys of a map are data and stay as they are.
  const entry = wrongKind(shape.of)["kind"]!;
  return [
    ...own,
    { what: "kind of an entry", at, named: `${named}.aKey`, spoil: () => ({ aKey: entry(0) }) },
  ];
}

type Spoils = Record<string, (right: unknown) => unknown>;

function wrongKind({ kind }: Shape): Spoils {
  const wrong = { string: 7, integer: "many", double: "much", boolean: "yes", timestamp: 7, list: {} };
  return { kind: () => (kind in wrong ? wrong[kind as keyof typeof wrong] : "text") };
}

function outside(shape: Shape): Spoils {
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
}: Shape & { kind: "string" }): Spoils {
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
  const held = placesOf(operation).flatMap(({ shape, at, named }) =>
    shape.kind === "struct" ? [{ shape, at, named }] : [],
  );
  return [{ shape: operation.input, at: [], named: "" }, ...held];
}

/** Conditions between members are functions, which nothing can be read off; what breaks them is written down. */
const brokenRules = ({ shape, at, named }: Struct): Case[] =>
  shape.rules === undefined
    ? []
    : (violations[shape.name] ?? []).map(({ what, spoil, names }) => ({
        what,
        at,
        spoil: (right) => spoil(right as Json),
        named: [named, names].filter(Boolean).join("."),
      }));

/** Names of the structs whose rules an operation's input comes under. */
export const ruledStructs = (operation: Operation): string[] =>
  structsOf(operation).flatMap(({ shape }) => (shape.rules ? [shape.name] : []));

const enter = (value: unknown, step: string | number): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;

export const valueAt = (input: unknown, at: Path): unknown => at.reduce(enter, input);

/** The input with the value at a path replaced; nothing in it is shared with what changed. */
export function replaced(input: unknown, at: Path, change: (right: unknown) => unknown): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return change(input);
  const copy = (Array.isArray(input) ? [...(input as unknown[])] : { ...(input as Json) }) as Json;
  copy[step] = replaced(enter(input, step), rest, change);
  return copy;
}
