/** JSON values taken apart and changed in one place; own members that are named like an object's prototype included. */
export type Json = Record<string, unknown>;
export type Place = readonly (string | number)[];

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every place in a value but the value itself, outer before inner. */
export function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return steps.flatMap((step) => {
    const place = [...at, step];
    return [place, ...placesOf((value as Json)[step], place)];
  });
}

/** The places where something stands that has no places of its own. */
export const leavesOf = (value: unknown): Place[] =>
  placesOf(value).filter((place) => {
    const held = valueAt(value, place);
    return typeof held !== "object" || held === null;
  });

export const valueAt = (value: unknown, place: Place): unknown =>
  place.reduce<unknown>((held, step) => (held as Json)[step], value);

/** Stands for nothing at all. */
export const GONE = Symbol("gone");

/** A copy with another value at a place; `GONE` takes the member or the item away. */
export function withAt(value: unknown, [step, ...rest]: Place, other: unknown): unknown {
  if (step === undefined) return other;
  const inner = withAt((value as Json)[step], rest, other);
  if (Array.isArray(value)) {
    return inner === GONE ? value.filter((_, index) => index !== step) : value.with(step as number, inner);
  }
  const entries = Object.entries(value as Json).filter(([name]) => name !== step);
  // `Object.fromEntries` makes a member of `__proto__`, as JSON does; an assignment would not.
  return Object.fromEntries(inner === GONE ? entries : [...entries, [String(step), inner]]);
}

export const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The same value with the members of its objects the other way round. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, held]) => [name, reversed(held)]),
  );
}
