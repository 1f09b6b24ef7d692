import { createHash } from "node:crypto";
import type { Failure, Properties, ResourceType } from "./resource-type";
import { hasUnknown, isPlain, refusal, same, unknown } from "./resource-type";
import type { Settings } from "./region";

/** Lists the inputs that the program did not set. The real provider uses the same member. */
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
      failures.push({ property, reason: refusal(`${type} has no ${property} that this fake supports`) });
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

const wasDefault = (inputs: Properties, property: string): boolean =>
  ((inputs[defaults] as string[] | undefined) ?? []).includes(property);

/** All inputs of a type, with region and tags. */
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

export interface Change {
  property: string;
  kind: "ADD" | "UPDATE" | "DELETE";
  replaces: boolean;
}

export interface Difference {
  changes: Change[];
  /** True where both objects would have the same name. */
  deleteBeforeReplace: boolean;
}

export function difference(
  resource: ResourceType,
  oldInputs: Properties,
  newInputs: Properties,
  ignored: readonly string[],
): Difference {
  const [olds, news] = [withoutDefaults(oldInputs), withoutDefaults(newInputs)];
  const changes = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((property) => !ignored.includes(property) && !same(olds[property], news[property]))
    .map((property): Change => {
      const kind = !(property in olds) ? "ADD" : property in news ? "UPDATE" : "DELETE";
      const replaces = property === "region" || resource.inputs[property] === "replace";
      return { property, kind, replaces };
    });
  const name = resource.named?.input;
  const keepsItsName = name !== undefined && !wasDefault(newInputs, name) && same(olds[name], news[name]);
  return { changes, deleteBeforeReplace: keepsItsName };
}
