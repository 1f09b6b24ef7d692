/**
 * The language in which the service's shapes are written down.
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
  /**
   * Says what is wrong with a value where a pattern cannot, as the sentence's predicate; nothing when it is right. It
   * never repeats the value, which may be a secret.
   */
  readonly check?: (value: string) => string | undefined;
  /** What a preview refuses although the service takes it at first, because the job would fail with it later. */
  readonly preview?: {
    readonly pattern?: string;
    readonly meaning?: string;
    /** Longest value in bytes of UTF-8. */
    readonly maxBytes?: number;
    /** Knows what people give in place of what is asked for, and says it as `check` does. */
    readonly mistake?: (value: string) => string | undefined;
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
 * wrong or, in a preview, unknown (a symbol), so it must hold its peace about whatever it cannot read.
 */
export type Rule = (value: Readonly<Record<string, unknown>>, report: Report) => void;

/** Adds a problem; `path` is relative to the value that the rule was given, for example `["keys", 2]`. */
export type Report = (path: readonly (string | number)[], message: string) => void;

type Constraints<T> = Omit<T, "kind">;

export const string = (facts: Constraints<StringShape> = {}): StringShape => ({ kind: "string", ...facts });
export const oneOf = (...values: readonly string[]): StringShape => ({ kind: "string", values });
export const integer = (facts: Constraints<NumberShape> = {}): NumberShape => ({ kind: "integer", ...facts });
export const double = (facts: Constraints<NumberShape> = {}): NumberShape => ({ kind: "double", ...facts });
export const boolean = (): BooleanShape => ({ kind: "boolean" });
export const timestamp = (): TimestampShape => ({ kind: "timestamp" });
export const list = (of: Shape, facts: Omit<ListShape, "kind" | "of"> = {}): ListShape => ({
  kind: "list",
  of,
  ...facts,
});
export const map = (of: Shape): MapShape => ({ kind: "map", of });
export const struct = (
  name: string,
  members: StructShape["members"],
  rules?: readonly Rule[],
): StructShape => ({
  kind: "struct",
  name,
  members,
  ...(rules && { rules }),
});

type Facts = Partial<Omit<Member, "shape" | "doc" | "required">>;

export const required = (shape: Shape, doc: string, facts: Facts = {}): Member => ({
  shape,
  doc,
  required: true,
  ...facts,
});
export const optional = (shape: Shape, doc: string, facts: Facts = {}): Member => ({ shape, doc, ...facts });
