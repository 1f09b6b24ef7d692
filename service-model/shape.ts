/**
 * The language that describes the service's shapes.
 *
 * A shape is plain data: validation walks it, request building renames by it, the generator prints TypeScript and
 * documentation from it, and the local service checks requests against it. Member names are those of the API with
 * a small first letter (`AssetSources` → `assetSources`).
 */
export type Shape =
  StringShape | NumberShape | BooleanShape | TimestampShape | ListShape | MapShape | StructShape;

export interface StringShape {
  readonly kind: "string";
  /** Regular expression that the whole value must match. */
  readonly pattern?: string;
  /** What the pattern means, as the end of the sentence "must be …". */
  readonly meaning?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly values?: readonly string[];
  /** Finds what a pattern cannot express. The message never repeats the value, because it may be a secret. */
  readonly check?: (value: string) => Fault | undefined;
  /** Refused in a preview only: the service accepts such a value in CreateJob, but the job would fail with it. */
  readonly preview?: {
    readonly pattern?: string;
    readonly meaning?: string;
    /** In bytes of UTF-8. */
    readonly maxBytes?: number;
    /** Finds common confusions, such as an ARN in place of an id. */
    readonly check?: (value: string) => Fault | undefined;
  };
}

export interface NumberShape {
  readonly kind: "integer" | "double";
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape {
  readonly kind: "boolean";
}

/** ISO 8601 on the wire. */
export interface TimestampShape {
  readonly kind: "timestamp";
}

export interface ListShape {
  readonly kind: "list";
  readonly of: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** What the limit is called by the service, with its source, for the sentence that refuses a longer list. */
  readonly limit?: string;
  /** The order of the items means nothing to the service, so another order is no change. */
  readonly set?: boolean;
}

export interface MapShape {
  readonly kind: "map";
  readonly of: Shape;
}

export interface StructShape {
  readonly kind: "struct";
  /** The API's own name of the shape; names the generated TypeScript interface. */
  readonly name: string;
  readonly members: { readonly [member: string]: Member };
  readonly rules?: readonly Rule[];
  /** What it is, for a struct that the API does not have. */
  readonly doc?: string;
}

export interface Member {
  readonly shape: Shape;
  /** Meaning, units and range, for documentation and for people. */
  readonly doc: string;
  readonly required?: boolean;
  /** Its name in the API where that is not the member's own with a capital first letter. */
  readonly wireName?: string;
  /** What the service does when the member is absent; spelling it out is no change. */
  readonly default?: string;
  /** A credential: never in clear in state, output or message. */
  readonly secret?: boolean;
  /** The provider fills this in from the uploaded body when it is absent, though the API requires it. */
  readonly fromUpload?: "md5";
}

/**
 * A condition between several members, which no single shape can state. It sees a value whose own shapes may be
 * wrong or, in a preview, unknown (a symbol), so it must ignore whatever it cannot read.
 */
export type Rule = (value: Readonly<Record<string, unknown>>, report: Report) => void;

/** What is wrong with a value. */
export interface Fault {
  /** Stable, kebab-case; see lib/message-code.ts. */
  readonly code: string;
  /** Predicate of a sentence whose subject is the value's path: "must be …", "is required". */
  readonly message: string;
}

/** Adds a problem; `path` is relative to the value that the rule was given, for example `["keys", 2]`. */
export type Report = (path: readonly (string | number)[], code: string, message: string) => void;

export const string = (constraints: Omit<StringShape, "kind" | "values"> = {}): StringShape => ({
  kind: "string",
  ...constraints,
});
export const oneOf = <const Values extends readonly string[]>(...values: Values) =>
  ({ kind: "string", values }) satisfies StringShape;
/** For answers: the service may answer values that this version does not know, so `Infer` says string. */
export const knownValues = (...values: readonly string[]): StringShape => ({ kind: "string", values });
export const integer = (range: Omit<NumberShape, "kind"> = {}): NumberShape => ({
  kind: "integer",
  ...range,
});
export const double = (range: Omit<NumberShape, "kind"> = {}): NumberShape => ({ kind: "double", ...range });
export const boolean = (): BooleanShape => ({ kind: "boolean" });
export const timestamp = (): TimestampShape => ({ kind: "timestamp" });
export const list = <Item extends Shape>(
  of: Item,
  constraints: Omit<ListShape, "kind" | "of"> = {},
): ListOf<Item> => ({ kind: "list", of, ...constraints });
export const map = <Value extends Shape>(of: Value): MapOf<Value> => ({ kind: "map", of });
export const struct = <Members extends StructShape["members"]>(
  name: string,
  members: Members,
  rules?: readonly Rule[],
): StructOf<Members> => ({ kind: "struct", name, members, ...(rules && { rules }) });

export const required = <Of extends Shape>(
  shape: Of,
  doc: string,
  facts: Facts = {},
): MemberOf<Of, true> => ({
  shape,
  doc,
  required: true,
  ...facts,
});
export const optional = <Of extends Shape>(
  shape: Of,
  doc: string,
  facts: Facts = {},
): MemberOf<Of, false> => ({ shape, doc, required: false, ...facts });

type Facts = Omit<Member, "shape" | "doc" | "required">;

/** The same with the exact types of what they hold, from which `Infer` reads. */
type MapOf<Value> = Omit<MapShape, "of"> & { readonly of: Value };
type ListOf<Item> = Omit<ListShape, "of"> & { readonly of: Item };
type StructOf<Members> = Omit<StructShape, "members"> & { readonly members: Members };
type MemberOf<Of, Required> = Omit<Member, "shape" | "required"> & {
  readonly shape: Of;
  readonly required: Required;
};

/** The TypeScript type of the values that a shape describes. */
export type Infer<Of extends Shape> = [Shape] extends [Of]
  ? unknown
  : Of extends { values: readonly (infer Value)[] }
    ? Value
    : Of extends { kind: "string" | "timestamp" }
      ? string
      : Of extends { kind: "integer" | "double" }
        ? number
        : Of extends { kind: "boolean" }
          ? boolean
          : Of extends { kind: "list"; of: infer Item extends Shape }
            ? Infer<Item>[]
            : Of extends { kind: "map"; of: infer Value extends Shape }
              ? Record<string, Infer<Value>>
              : Of extends { kind: "struct"; members: infer Members extends StructShape["members"] }
                ? InferMembers<Members>
                : never;

type InferMembers<Members extends StructShape["members"]> = string extends keyof Members
  ? Record<string, Infer<Members[string]["shape"]>>
  : {
        [Name in keyof Members as Members[Name] extends { required: true } ? Name : never]: Infer<
          Members[Name]["shape"]
        >;
      } & {
        [Name in keyof Members as Members[Name] extends { required: true } ? never : Name]?: Infer<
          Members[Name]["shape"]
        >;
      } extends infer Joined
    ? { [Name in keyof Joined]: Joined[Name] }
    : never;

/** The API writes `AssetSources`, TypeScript `assetSources`: the same names but for the case of the first letter. */

type Json = unknown;

const rename = (value: Json, turn: (name: string) => string): Json => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, turn));
  if (value instanceof Date) return value.toISOString();
  // Listings are long, and a loop takes less time than a chain of arrays does. Entries make a member named
  // __proto__ a member, which an assignment would not.
  const renamed: [string, Json][] = [];
  for (const [name, held] of Object.entries(value) as [string, Json][]) {
    if (held !== undefined && held !== null) renamed.push([turn(name), rename(held, turn)]);
  }
  return Object.fromEntries(renamed);
};

/** Member names as in the API; absent members are left out. Not for maps, whose keys are data. */
export const toApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Member names as in TypeScript; dates become ISO 8601 strings. Not for maps, whose keys are data. */
export const fromApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
