/** Properties of resources, as the engine sends them. */
import { isDeepStrictEqual } from "node:util";

import { unknownValue as unknown } from "../../lib/pulumi-values";

export type Properties = Record<string, unknown>;

export interface Failure {
  property: string;
  reason: string;
}

export const refusal = (what: string): string =>
  `${what}: this fake AWS plugin supports only what the examples use.`;

export { unknown };

export const hasUnknown = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).some(hasUnknown) : value === unknown;

/** Removes undefined and null members, because a protobuf Struct has no undefined. */
export const given = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, isPlain(value) ? given(value) : value]),
  );

const isPlain = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const same = isDeepStrictEqual;

export const pick = (properties: Properties, keys: readonly string[] = []): Properties =>
  Object.fromEntries(keys.flatMap((key) => (key in properties ? [[key, properties[key]]] : [])));
