/** A program that declares one resource, independent of the language. */
import { nameOf } from "../schema/names";
import type { ResourceSpec } from "../schema/resources";
import type { EnumerationSpec, ObjectSpec, TypeSpec, Types } from "../schema/types";

export interface Program {
  /** Of the example, without a full stop. */
  readonly title: string;
  /** Name of the resource, and of its variable. */
  readonly resource: string;
  /** Name of the resource's type, such as `Job`. */
  readonly type: string;
  readonly properties: Readonly<Record<string, Given>>;
}

/** A value as the program gives it. */
export type Given = string | boolean | Config | readonly Given[] | { readonly [member: string]: Given };

/** A value of the stack's config, a text. */
class Config {
  constructor(readonly key: string) {}
}

export const config = (key: string): Config => new Config(key);

/** A value with the type that the schema gives it, because some languages name the types of values. */
export type Value =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly plain?: boolean;
      readonly enumerator?: Enumerator;
    }
  | { readonly kind: "boolean"; readonly text: string; readonly plain?: boolean }
  | { readonly kind: "config"; readonly key: string }
  | {
      readonly kind: "list";
      readonly items: readonly Value[];
      readonly itemType: string;
      readonly plain?: boolean;
    }
  | { readonly kind: "map"; readonly members: Members; readonly itemType: string }
  | { readonly kind: "object"; readonly members: Members; readonly type: string };

type Members = readonly (readonly [name: string, value: Value])[];

interface Enumerator {
  /** Name of the enumeration. */
  readonly type: string;
  readonly name: string;
}

export interface TypedProgram {
  readonly resource: string;
  readonly type: string;
  /** Keys of the stack's config that the program requires. */
  readonly config: readonly string[];
  readonly properties: Members;
}

/** Adds the types of the resource's schema to the values. Throws if a value does not fit the schema. */
export function typedProgram(
  { resource, type, properties }: Program,
  spec: ResourceSpec,
  types: Types,
): TypedProgram {
  const keys = new Set<string>();
  const membersOf = (given: object, of: Readonly<Record<string, TypeSpec>>, where: string): Members =>
    Object.entries(given as Record<string, Given>).map(([name, value]) => {
      if (!of[name]) throw new Error(`The example of ${type} sets ${name}, which ${where} does not have.`);
      return [name, typed(value, of[name])];
    });
  const typed = (value: Given, of: TypeSpec): Value => {
    if (value instanceof Config) {
      keys.add(value.key);
      return { kind: "config", key: value.key };
    }
    const name = typeName(of);
    const declared = of.$ref ? types.all[of.$ref.slice("#/types/".length)] : undefined;
    const plain = of.plain === true;
    if (typeof value === "boolean") return { kind: "boolean", text: String(value), plain };
    if (typeof value === "string")
      return { kind: "text", text: value, plain, ...enumeratorOf(value, name, declared) };
    if (Array.isArray(value)) {
      const items = (value as readonly Given[]).map((item) => typed(item, of.items!));
      return { kind: "list", items, itemType: typeName(of.items!), plain };
    }
    if (of.additionalProperties) {
      const item = of.additionalProperties;
      const members = Object.entries(value).map(([key, one]): [string, Value] => [key, typed(one, item)]);
      return { kind: "map", members, itemType: typeName(item) };
    }
    return {
      kind: "object",
      members: membersOf(value, (declared as ObjectSpec).properties, name),
      type: name,
    };
  };
  const members = membersOf(properties, spec.inputProperties, type);
  const missing = (spec.requiredInputs ?? []).filter((name) => !(name in properties));
  if (missing.length > 0) throw new Error(`The example of ${type} lacks ${missing.join(", ")}.`);
  return { resource, type, config: [...keys], properties: members };
}

/** The name of a declared type; the kind of another. */
const typeName = ({ $ref, type }: TypeSpec): string => ($ref ? nameOf($ref) : type!);

function enumeratorOf(
  value: string,
  type: string,
  declared: EnumerationSpec | ObjectSpec | undefined,
): { enumerator?: Enumerator } {
  if (!declared || !("enum" in declared)) return {};
  const entry = declared.enum.find((one) => one.value === value);
  if (!entry) throw new Error(`${value} is not a value of ${type}.`);
  return { enumerator: { type, name: entry.name } };
}
