/**
 * Describes the values of the service's API.
 *
 * A shape is plain data. Validation, the emulator and the generator of TypeScript types and documentation read it. Member
 * names are those of the API with a lowercase first letter (`AssetSources` → `assetSources`).
 */
export type Shape =
  StringShape | NumberShape | BooleanShape | TimestampShape | ListShape | MapShape | StructShape;

export interface StringShape {
  readonly kind: "string";
  /** Regular expression that the whole value must match. */
  readonly pattern?: string;
  /** Meaning of the pattern, as the end of the sentence "must be …". */
  readonly meaning?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly values?: readonly string[];
  /** Checks that a pattern cannot express. The message never repeats the value, because it may be a secret. */
  readonly check?: (value: string) => Fault | undefined;
  /** Checked in previews only: CreateJob accepts values that fail these checks, but the job would fail. */
  readonly preview?: {
    readonly pattern?: string;
    readonly meaning?: string;
    /** In bytes of UTF-8. */
    readonly maxBytes?: number;
    /** Finds common mistakes, such as an ARN in place of an id. */
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

/** ISO 8601. */
export interface TimestampShape {
  readonly kind: "timestamp";
}

export interface ListShape {
  readonly kind: "list";
  readonly of: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** The service's name of the limit, for the message about a longer list. */
  readonly limit?: string;
  /** The service ignores the order of the items, so reordering is not a change. */
  readonly set?: boolean;
}

export interface MapShape {
  readonly kind: "map";
  readonly of: Shape;
}

export interface StructShape {
  readonly kind: "struct";
  /** Name of the shape in the API and of the generated TypeScript interface. */
  readonly name: string;
  readonly members: { readonly [member: string]: Member };
  readonly rules?: readonly Rule[];
  /** What the names of the members are, if they are data, such as "a job type". Messages use it. */
  readonly memberNoun?: string;
  /** Documentation: meaning. */
  readonly doc?: string;
}

export interface Member {
  readonly shape: Shape;
  /** Documentation: meaning, unit and range. */
  readonly doc: string;
  readonly required?: boolean;
  /** Name in the API. Default: the member's name with a capital first letter. */
  readonly wireName?: string;
  /** The service's default. Writing it out is not a change. */
  readonly default?: string;
  /** A credential: never in plain text in state, outputs or messages. */
  readonly secret?: boolean;
  /** The API requires the member. If it is absent, the provider computes it from the uploaded body. */
  readonly fromUpload?: "md5";
}

/**
 * A condition between several members. Members may be invalid or, in a preview, unknown (a symbol), so a rule ignores those
 * that it cannot read.
 */
export type Rule = (value: Readonly<Record<string, unknown>>, report: Report) => void;

/** A problem of a value. */
export interface Fault {
  /** Stable, kebab-case; see lib/message-code.ts. */
  readonly code: string;
  /** Predicate of a sentence whose subject is the value's path: "must be …", "is required". */
  readonly message: string;
}

/** Adds a problem. `path` is relative to the rule's value, for example `["keys", 2]`. */
export type Report = (path: readonly (string | number)[], code: string, message: string) => void;

export const string = (constraints: Omit<StringShape, "kind" | "values"> = {}): StringShape => ({
  kind: "string",
  ...constraints,
});
export const oneOf = <const Values extends readonly string[]>(...values: Values) =>
  ({ kind: "string", values }) satisfies StringShape;
/** For responses: the service may send values that this version does not know, so `Infer` gives `string`. */
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
export const documentedStruct = <Members extends StructShape["members"]>(
  name: string,
  doc: string,
  members: Members,
  rules?: readonly Rule[],
): StructOf<Members> => ({ ...struct(name, members, rules), doc });

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

/** Shapes with exact types of their items and members, for `Infer`. */
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

type Json = unknown;

const rename = (value: Json, transform: (name: string) => string): Json => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, transform));
  if (value instanceof Date) return value.toISOString();
  // Listings are long, and a loop is faster than a chain of arrays. Entries keep a member named __proto__, which an
  // assignment would lose.
  const renamed: [string, Json][] = [];
  for (const [name, held] of Object.entries(value) as [string, Json][]) {
    if (held !== undefined && held !== null) renamed.push([transform(name), rename(held, transform)]);
  }
  return Object.fromEntries(renamed);
};

/** Renames `assetSources` to `AssetSources`; absent members are left out. Not for maps, whose keys are data. */
export const toApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Renames `AssetSources` to `assetSources`; dates become ISO 8601 strings. Not for maps, whose keys are data. */
export const fromApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
