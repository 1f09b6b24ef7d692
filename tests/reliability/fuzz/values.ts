/** Paths in JSON values, also through members named like those of a prototype. */
import { isRecord } from "../../../service-model/validate";

export type Json = Record<string, unknown>;
export type JsonPath = readonly (string | number)[];

/** The paths of everything in a value, outer before inner. */
export function pathsOf(value: unknown, at: JsonPath = []): JsonPath[] {
  if (typeof value !== "object" || value === null) return [];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return steps.flatMap((step) => {
    const place = [...at, step];
    return [place, ...pathsOf((value as Json)[step], place)];
  });
}

/** The paths of all leaves. */
export const leafPathsOf = (value: unknown): JsonPath[] =>
  pathsOf(value).filter((place) => {
    const held = valueAt(value, place);
    return typeof held !== "object" || held === null;
  });

export const valueAt = (value: unknown, place: JsonPath): unknown =>
  place.reduce<unknown>((held, step) => (held as Json)[step], value);

/** Marks a removed value. */
export const removed = Symbol("gone");

/** A copy with another value at a place; `removed` removes the member or the item. */
export function withAt(value: unknown, [step, ...rest]: JsonPath, other: unknown): unknown {
  if (step === undefined) return other;
  const inner = withAt((value as Json)[step], rest, other);
  if (Array.isArray(value)) {
    return inner === removed ? value.filter((_, index) => index !== step) : value.with(step as number, inner);
  }
  const entries = Object.entries(value as Json).filter(([name]) => name !== step);
  // `Object.fromEntries` makes a member of `__proto__`, as JSON does; an assignment would not.
  return Object.fromEntries(inner === removed ? entries : [...entries, [String(step), inner]]);
}

export const cloneJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The same value with the members of its objects in reverse order. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, held]) => [name, reversed(held)]),
  );
}
