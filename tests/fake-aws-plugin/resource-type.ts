/** What a resource type is, and the check and comparison of the inputs of its resources. */
import { createHash } from "node:crypto";

import type { Failure, Properties } from "./properties";
import { hasUnknown, refusal, same } from "./properties";
import type { Region } from "./region";

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
  region: string,
): { inputs: Properties; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs: Properties = { ...news, [defaults]: [] };
  const supported = [
    ...resource.replaces,
    ...(resource.updates ?? []),
    ...(resource.global ? [] : ["region"]),
  ];
  for (const property of Object.keys(news)) {
    if (!supported.includes(property) && !property.startsWith("__"))
      failures.push({ property, reason: refusal(`${type} has no ${property} that this fake supports`) });
  }
  const { document, named } = resource;
  if (document !== undefined && inputs[document] !== undefined && !hasUnknown(inputs[document])) {
    const value = inputs[document];
    inputs[document] = typeof value === "string" ? value : JSON.stringify(value);
  }
  if (named !== undefined && inputs[named] === undefined) {
    const random = createHash("sha256").update(randomSeed).digest("hex").slice(0, 7);
    inputs[named] = (wasDefault(olds, named) ? olds[named] : undefined) ?? `${name}-${random}`;
    inputs[defaults] = [named];
  }
  if (!resource.global) inputs.region ??= region;
  return { inputs, failures };
}

/** The inputs of the object itself. */
export function withoutDefaults({ [defaults]: _, ...inputs }: Properties): Properties {
  return inputs;
}

const wasDefault = (inputs: Properties, property: string): boolean =>
  ((inputs[defaults] as string[] | undefined) ?? []).includes(property);

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
  { replaces, named }: ResourceType,
  oldInputs: Properties,
  newInputs: Properties,
  ignored: readonly string[],
): Difference {
  const [olds, news] = [withoutDefaults(oldInputs), withoutDefaults(newInputs)];
  const changes = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((property) => !ignored.includes(property) && !same(olds[property], news[property]))
    .map((property): Change => {
      const kind = !(property in olds) ? "ADD" : property in news ? "UPDATE" : "DELETE";
      return { property, kind, replaces: property === "region" || replaces.includes(property) };
    });
  const keepsName = named !== undefined && !wasDefault(newInputs, named) && same(olds[named], news[named]);
  return { changes, deleteBeforeReplace: keepsName };
}
