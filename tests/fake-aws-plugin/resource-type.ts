import type { Region } from "./region";
import { isDeepStrictEqual } from "node:util";
import { unknownValue as unknown } from "../../lib/pulumi-values";

export type OnChange = "update" | "replace";

export interface Created {
  id: string;
  /** Outputs besides the inputs. */
  outputs: Properties;
}

export interface ResourceType {
  /** Supported inputs. Any other is rejected. `global` and `tagged` below decide about `region` and `tags`. */
  inputs: Readonly<Record<string, OnChange>>;
  /** Outputs that are unknown in the preview of a creation. */
  computed: readonly string[];
  /** Outputs that an update may change. */
  volatile?: readonly string[];
  /** The input that defaults to the resource's name with seven random characters, or without them if `bare`. */
  named?: { input: string; prefix?: string; bare?: true; lowerCase?: true };
  /** Inputs that hold a JSON document, as text or as an object. */
  documents?: readonly string[];
  /** Has `tags` and `tagsAll`. */
  tagged?: true;
  /** Has no `region`. */
  global?: true;

  create(inputs: Properties, region: Region, urn: string): Promise<Created>;
  /** All properties of the object, or undefined if it does not exist. `state` is empty for a lookup by `get`. */
  read(id: string, region: Region, state: Properties): Promise<Properties | undefined>;
  /** Returns the changed outputs. */
  update?(id: string, inputs: Properties, region: Region, state: Properties): Promise<Properties | void>;
  delete(id: string, region: Region, state: Properties): Promise<void>;
}

/** A function of `@pulumi/aws`. */
export type Invocation = (args: Properties, region: Region) => Promise<Properties> | Properties;

/** Resource types and functions of one service, by token. */
export interface Service {
  resources: Readonly<Record<string, ResourceType>>;
  functions?: Readonly<Record<string, Invocation>>;
}

export interface Failure {
  property: string;
  reason: string;
}

export const refusal = (what: string): string =>
  `${what}: this fake AWS plugin supports only what the examples use.`;

export type Properties = Record<string, unknown>;

export { unknown };

/** The engine has one sentinel for each type of unknown value. */
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

/** Removes undefined and null members, because a protobuf Struct has no undefined. */
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
