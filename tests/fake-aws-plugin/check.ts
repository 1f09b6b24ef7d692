/** From what a program declares to the inputs that the engine keeps. */
import { createHash } from "node:crypto";

import type { Failure, ResourceType } from "./resource-type";
import { refusal } from "./resource-type";
import type { Settings } from "./settings";
import type { Properties } from "./values";
import { hasUnknown, isPlain, unknown } from "./values";

/** Where the inputs say, as the real provider's do, which of them no program has given. */
const defaults = "__defaults";

export interface CheckRequest {
  type: string;
  /** The resource's name in the program. */
  name: string;
  olds: Properties;
  news: Properties;
  randomSeed: Uint8Array;
}

export function checkInputs(
  resource: ResourceType,
  { type, name, olds, news, randomSeed }: CheckRequest,
  settings: Settings,
): { inputs: Properties; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs: Properties = { ...news, [defaults]: [] };
  for (const property of Object.keys(news)) {
    if (!understood(resource, property)) {
      failures.push({ property, reason: refusal(`${type} has no ${property} that is understood here`) });
    }
  }
  for (const property of resource.documents ?? []) {
    if (inputs[property] === undefined) continue;
    const [document, reason] = asDocument(inputs[property]);
    inputs[property] = document;
    if (reason) failures.push({ property, reason });
  }
  const named = resource.named;
  if (named && inputs[named.input] === undefined) {
    const before = wasDefault(olds, named.input) ? olds[named.input] : undefined;
    inputs[named.input] = before ?? nameFor(named, name, randomSeed);
    inputs[defaults] = [named.input];
  }
  if (!resource.global) inputs.region ??= settings.region;
  if (resource.tagged) {
    inputs.tagsAll = hasUnknown(inputs.tags)
      ? unknown
      : { ...settings.defaultTags, ...(inputs.tags as Properties | undefined) };
  }
  return { inputs, failures };
}

/** The inputs of the object itself. */
export function withoutDefaults({ [defaults]: _, ...inputs }: Properties): Properties {
  return inputs;
}

export const wasDefault = (inputs: Properties, property: string): boolean =>
  ((inputs[defaults] as string[] | undefined) ?? []).includes(property);

/** All the inputs that a type has, with what is added to them. */
export const inputNames = (resource: ResourceType): string[] => [
  ...Object.keys(resource.inputs),
  ...(resource.global ? [] : ["region"]),
  ...(resource.tagged ? ["tags", "tagsAll"] : []),
];

function understood(resource: ResourceType, property: string): boolean {
  return inputNames(resource).includes(property) || property.startsWith("__");
}

function asDocument(value: unknown): [document: unknown, reason?: string] {
  if (hasUnknown(value)) return [isPlain(value) ? unknown : value];
  if (typeof value !== "string") return [JSON.stringify(value)];
  try {
    JSON.parse(value);
    return [value];
  } catch (error) {
    return [value, `is not a JSON document: ${(error as Error).message}`];
  }
}

function nameFor(
  { prefix = "", bare, lowerCase }: NonNullable<ResourceType["named"]>,
  name: string,
  randomSeed: Uint8Array,
): string {
  const random = createHash("sha256").update(randomSeed).digest("hex").slice(0, 7);
  const full = bare ? prefix + name : `${prefix}${name}-${random}`;
  return lowerCase ? full.toLowerCase() : full;
}
