/** Property values as the engine sends them. */
import { isDeepStrictEqual } from "node:util";

import { unknownValue as unknown } from "../../lib/pulumi-values";

export type Properties = Record<string, unknown>;

export { unknown };

/** The engine has one more mark for each type other than text. */
const unknowns = new Set<unknown>([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const isUnknown = (value: unknown): boolean => unknowns.has(value);

export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(hasUnknown);
}

/** Without the members that hold nothing: a Struct has no `undefined`, and a program's `null` means the same. */
export const given = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, isPlain(value) ? given(value) : value]),
  );

export const isPlain = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const same = isDeepStrictEqual;

export const pick = (properties: Properties, keys: readonly string[]): Properties =>
  Object.fromEntries(keys.flatMap((key) => (key in properties ? [[key, properties[key]]] : [])));
