/** The types of the package schema, collected while its resources are described. */
import { checkTypeName, enumerationOf, enumerator, token } from "./names";
import { forEveryLanguage } from "./wording";

/** The type of a property, argument or item. Source: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
export interface TypeSpec {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  oneOf?: TypeSpec[];
  /** The value is never an output of another resource. */
  plain?: boolean;
}

export interface PropertySpec extends TypeSpec {
  description?: string;
  secret?: boolean;
  willReplaceOnChanges?: boolean;
}

export type Properties = Record<string, PropertySpec>;

export interface ObjectSpec {
  type: "object";
  description?: string;
  properties: Properties;
  required?: string[];
}

export interface EnumerationSpec {
  type: "string";
  description?: string;
  enum: { name: string; value: string; description?: string }[];
}

/** A member of an object: its property, and whether it must be present. */
export interface Described {
  property: PropertySpec;
  required: boolean;
}

export const any: TypeSpec = { $ref: "pulumi.json#/Any" };
export const asset: TypeSpec = { $ref: "pulumi.json#/Asset" };

/** Splits members into what the schema lists separately. An empty `required` is left out, as `get-schema` prints it. */
export function members(described: Readonly<Record<string, Described>>): {
  properties: Properties;
  required: string[];
} {
  const entries = Object.entries(described);
  return {
    properties: Object.fromEntries(entries.map(([name, { property }]) => [name, property])),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
  };
}

export class Types {
  readonly all: Record<string, ObjectSpec | EnumerationSpec> = {};

  /** Declares an object type once, and refers to it. */
  object(name: string, description: string, describe: () => Readonly<Record<string, Described>>): TypeSpec {
    checkTypeName(name);
    const id = token(name);
    if (!this.all[id]) {
      // The type may contain itself, so its place is taken first.
      const spec: ObjectSpec = { type: "object", description: forEveryLanguage(description), properties: {} };
      this.all[id] = spec;
      const { properties, required } = members(describe());
      spec.properties = properties;
      if (required.length > 0) spec.required = required;
    }
    return { $ref: `#/types/${id}` };
  }

  enumeration(values: readonly string[]): TypeSpec {
    const { name, description, values: meanings } = enumerationOf(values);
    checkTypeName(name);
    const id = token(name);
    this.all[id] ??= {
      type: "string",
      description,
      enum: values.map((value) => ({ name: enumerator(value), value, description: meanings[value] })),
    };
    return { $ref: `#/types/${id}` };
  }

  /**
   * An enumeration in a type that outputs share. Inputs accept its values and any text; outputs are plain texts in every
   * language, because the service may answer with values that this version does not know.
   */
  openEnumeration(values: readonly string[]): TypeSpec {
    return { type: "string", oneOf: [{ type: "string" }, this.enumeration(values)] };
  }
}

/** The end of the description of an output whose type does not list its values. */
export const valuesSentence = (values: readonly string[]): string =>
  ` Known values: ${values.map((value) => `\`${value}\``).join(", ")}.`;
