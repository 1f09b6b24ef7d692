import { isDeepStrictEqual } from "node:util";

import { unknownValue as unknown } from "../../lib/pulumi-values";
import type { Region } from "./region";

export type Properties = Record<string, unknown>;

/** A resource type of `@pulumi/aws`, as far as the examples and the components use it. Other inputs are rejected. */
export interface ResourceType {
  /** Inputs whose change replaces the resource. */
  replaces: readonly string[];
  /** Inputs whose change updates the resource. */
  updates?: readonly string[];
  /** Outputs that are unknown in the preview of a creation. */
  computed?: readonly string[];
  /** Outputs that an update may change. */
  volatile?: readonly string[];
  /** The input that defaults to the resource's name with seven random characters. */
  named?: string;
  /** An input that holds a JSON document, as text or as an object. */
  document?: string;
  /** Has no `region`. */
  global?: true;

  /** Returns the id, and the outputs besides the inputs. */
  create(inputs: Properties, region: Region, urn: string): Promise<{ id: string; outputs: Properties }>;
  /** Properties of the object, or undefined if it does not exist. */
  read(id: string, region: Region, state: Properties): Promise<Properties | undefined>;
  /** Returns the changed outputs. */
  update(id: string, inputs: Properties, region: Region, state: Properties): Promise<Properties | void>;
  delete(id: string, region: Region, state: Properties): Promise<void>;
}

/** Resource types by token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

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
