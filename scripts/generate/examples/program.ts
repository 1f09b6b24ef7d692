/** A program that calls a function, declares a resource or does both, independent of the language. */
import { nameOf, token } from "../schema/names";
import type { EnumerationSpec, ObjectSpec, Properties, TypeSpec } from "../schema/types";

export interface Program {
  /** Of the example, without a full stop. */
  readonly title: string;
  readonly call?: { readonly variable: string; readonly function: string; readonly args: GivenMembers };
  /** Name of the resource, and of its variable. */
  readonly resource?: string;
  /** Name of the resource's type, such as `Job`. */
  readonly type?: string;
  readonly properties?: GivenMembers;
  /** Outputs of the stack: members of the result of the call. */
  readonly exports?: Readonly<Record<string, Result>>;
}

type GivenMembers = Readonly<Record<string, Given>>;

/** A value as the program gives it. */
export type Given =
  string | boolean | Config | Result | readonly Given[] | { readonly [member: string]: Given };

/** A value of the stack's config, a text. */
class Config {
  constructor(readonly key: string) {}
}

export const config = (key: string): Config => new Config(key);

/** A member of the result of the call: names of members, and positions in lists. */
class Result {
  constructor(readonly path: readonly (string | number)[]) {}
}

export const result = (...path: readonly (string | number)[]): Result => new Result(path);

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
  | ResultValue
  | {
      readonly kind: "list";
      readonly items: readonly Value[];
      readonly itemType: string;
      readonly plain?: boolean;
    }
  | { readonly kind: "map"; readonly members: Members; readonly itemType: string }
  | { readonly kind: "object"; readonly members: Members; readonly type: string };

export interface ResultValue {
  readonly kind: "result";
  /** The variable of the call. */
  readonly of: string;
  readonly path: readonly (string | number)[];
}

export type Members = readonly (readonly [name: string, value: Value])[];

interface Enumerator {
  /** Name of the enumeration. */
  readonly type: string;
  readonly name: string;
}

/** A resource that a program declares, or a function that it calls. */
export interface Declaration {
  readonly variable: string;
  /** Name of the resource's type, or of the function. */
  readonly name: string;
  readonly members: Members;
}

export interface TypedProgram {
  /** Keys of the stack's config that the program requires. */
  readonly config: readonly string[];
  readonly call?: Declaration;
  readonly resource?: Declaration;
  readonly exports: readonly (readonly [name: string, value: ResultValue])[];
}

/** What the types of a program's values are read from. */
export interface Declared {
  readonly types: Readonly<Record<string, EnumerationSpec | ObjectSpec>>;
  readonly resources: Readonly<Record<string, { inputProperties: Properties; requiredInputs?: string[] }>>;
  readonly functions: Readonly<Record<string, { inputs: ObjectSpec }>>;
}

/** Adds the types of the schema to the values. Throws if a value does not fit the schema. */
export function typedProgram(
  { call, resource, type, properties, exports = {} }: Program,
  { types, resources, functions }: Declared,
): TypedProgram {
  const keys = new Set<string>();
  const resultOf = ({ path }: Result): ResultValue => ({ kind: "result", of: call!.variable, path });
  const membersOf = (given: object, of: Readonly<Record<string, TypeSpec>>, where: string): Members =>
    Object.entries(given as GivenMembers).map(([name, value]) => {
      if (!of[name]) throw new Error(`An example sets ${name}, which ${where} does not have.`);
      return [name, typed(value, of[name])];
    });
  const typed = (value: Given, of: TypeSpec): Value => {
    if (value instanceof Result) return resultOf(value);
    if (value instanceof Config) {
      keys.add(value.key);
      return { kind: "config", key: value.key };
    }
    const name = typeName(of);
    const declared = of.$ref ? types[of.$ref.slice("#/types/".length)] : undefined;
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
  const declaration = (
    variable: string,
    name: string,
    given: GivenMembers,
    of: Properties,
    required: readonly string[] = [],
  ): Declaration => {
    const missing = required.filter((member) => !(member in given));
    if (missing.length > 0) throw new Error(`The example of ${name} lacks ${missing.join(", ")}.`);
    return { variable, name, members: membersOf(given, of, name) };
  };
  const inputs = call && functions[token(call.function)]!.inputs;
  const spec = type === undefined ? undefined : resources[token(type)]!;
  return {
    ...(call && {
      call: declaration(call.variable, call.function, call.args, inputs!.properties, inputs!.required),
    }),
    ...(spec && {
      resource: declaration(resource!, type!, properties!, spec.inputProperties, spec.requiredInputs),
    }),
    exports: Object.entries(exports).map(([name, value]) => [name, resultOf(value)]),
    config: [...keys],
  };
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
