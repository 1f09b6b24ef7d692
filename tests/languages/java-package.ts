/**
 * The package of Java as Pulumi's generator makes it from the schema, as far as programs use it. The generator itself is in
 * no registry of packages. The annotations and base classes are those of Pulumi's SDK, so programs run as with the original.
 */
import { nameOf } from "../../scripts/generate/schema/names";
import { packageSchema } from "../../scripts/generate/schema/package";
import type { ObjectSpec, PropertySpec, TypeSpec } from "../../scripts/generate/schema/types";
import { pascal } from "../../scripts/generate/typescript";

type Side = "inputs" | "outputs";

/** A class with its type arguments. */
interface Type {
  readonly name: string;
  readonly of: readonly Type[];
}

/** A member of an object, resource or function. */
interface Member {
  readonly name: string;
  readonly type: Type;
  readonly spec: PropertySpec;
  readonly isRequired: boolean;
}

/** The sources by their paths in the folder of sources. */
export function javaPackage(): ReadonlyMap<string, string> {
  const schema = packageSchema();
  const root = `${schema.language.java.basePackage}.${schema.name}`;
  const files = new Map<string, string>();
  const add = (folder: "" | `.${Side}` | ".enums", name: string, body: string): void => {
    const path = `${`${root}${folder}`.replaceAll(".", "/")}/${name}.java`;
    files.set(path, `package ${root}${folder};\n\n${imports}\n${body}\n`);
  };

  const typeOf = (spec: TypeSpec, side: Side): Type => {
    const type = (name: string, ...of: TypeSpec[]) => ({ name, of: of.map((one) => typeOf(one, side)) });
    if (spec.oneOf) return side === "inputs" ? type("Either", ...spec.oneOf) : type("String");
    if (spec.items) return type("List", spec.items);
    if (spec.additionalProperties) return type("Map", { type: "string" }, spec.additionalProperties);
    if (spec.$ref === "pulumi.json#/Any") return type("Object");
    if (spec.$ref === "pulumi.json#/Asset") return type("AssetOrArchive");
    if (spec.$ref === undefined) return type(boxes[spec.type as keyof typeof boxes]);
    const id = spec.$ref.replace("#/types/", "");
    if ("enum" in schema.types[id]!) return type(`${root}.enums.${nameOf(id)}`);
    return type(`${root}.${side}.${nameOf(id)}${side === "inputs" ? "Args" : ""}`);
  };
  const membersOf = (side: Side, properties: ObjectSpec["properties"], required: readonly string[] = []) =>
    Object.entries(properties).map(([name, spec]): Member => ({
      name,
      spec,
      type: typeOf(spec, side),
      isRequired: required.includes(name),
    }));

  for (const [id, spec] of Object.entries(schema.types)) {
    const name = nameOf(id);
    if ("enum" in spec) add(".enums", name, enumeration(name, spec.enum));
    else {
      add(
        ".inputs",
        `${name}Args`,
        args(name, "ResourceArgs", membersOf("inputs", spec.properties, spec.required)),
      );
      add(".outputs", name, result(name, membersOf("outputs", spec.properties, spec.required)));
    }
  }
  for (const [id, spec] of Object.entries(schema.resources)) {
    const name = nameOf(id);
    const inputs = membersOf("inputs", spec.inputProperties, spec.requiredInputs);
    add("", `${name}Args`, args(name, "ResourceArgs", inputs));
    const outputs = membersOf("outputs", spec.properties, spec.required);
    add("", name, resource(name, id, spec.isComponent ? "Component" : "Custom", outputs));
  }
  const settings = membersOf("inputs", schema.provider.inputProperties);
  add("", "ProviderArgs", args("Provider", "ResourceArgs", settings, { isProvider: true }));
  add("", "Provider", resource("Provider", schema.name, "Provider", []));
  for (const [id, { inputs, outputs }] of Object.entries(schema.functions)) {
    const name = pascal(nameOf(id));
    add(
      ".inputs",
      `${name}Args`,
      args(name, "InvokeArgs", membersOf("inputs", inputs.properties, inputs.required)),
    );
    add(
      ".outputs",
      `${name}Result`,
      result(`${name}Result`, membersOf("outputs", outputs.properties, outputs.required)),
    );
  }
  const calls = Object.keys(schema.functions).map((id) => call(id, root));
  add("", "DataexchangeFunctions", `public final class DataexchangeFunctions {\n${calls.join("\n")}\n}`);
  return files;
}

const imports = ["asset", "core", "core.annotations", "core.internal", "deployment", "resources"]
  .map((name) => `import com.pulumi.${name}.*;`)
  .concat("import java.util.*;", "import javax.annotation.Nullable;\n")
  .join("\n");

const boxes = { string: "String", boolean: "Boolean", integer: "Integer", number: "Double" };

const print = ({ name, of }: Type): string =>
  of.length === 0 ? name : `${name}<${of.map(print).join(", ")}>`;

const enumeration = (name: string, values: readonly { name: string; value: string }[]): string =>
  `@EnumType public enum ${name} {
  ${values.map((one) => `${one.name}(${JSON.stringify(one.value)})`).join(", ")};
  private final String value;
  ${name}(String value) { this.value = value; }
  @EnumType.Converter public String getValue() { return value; }
}`;

/** Arguments with their builder. A provider takes texts only, so other settings are JSON. */
function args(name: string, base: string, members: readonly Member[], { isProvider = false } = {}): string {
  const fields = members.map(({ name, type, spec, isRequired }) => {
    const isJson = isProvider && type.name !== "String";
    const options = `name = "${name}"${isRequired ? ", required = true" : ""}${isJson ? ", json = true" : ""}`;
    return `  @Import(${options}) private ${spec.plain ? print(type) : `Output<${print(type)}>`} ${name};`;
  });
  const setters = members.flatMap(({ name, type, spec }) => {
    const set = (given: string, value: string) =>
      `    public Builder ${name}(${given} value) { ${value}; return this; }`;
    const convert = (given: string, value: string) => set(given, `${name}(${value})`);
    const [item, other] = type.of;
    return [
      set(spec.plain ? print(type) : `Output<${print(type)}>`, `args.${name} = value`),
      ...(spec.plain ? [] : [convert(print(type), "Output.of(value)")]),
      ...(type.name === "List" ? [convert(`${print(item!)}...`, "List.of(value)")] : []),
      ...(type.name === "Either"
        ? [convert(print(item!), "Either.ofLeft(value)"), convert(print(other!), "Either.ofRight(value)")]
        : []),
    ];
  });
  return `public final class ${name}Args extends ${base} {
${fields.join("\n")}
  public static Builder builder() { return new Builder(); }
  public static final class Builder {
    private final ${name}Args args = new ${name}Args();
${setters.join("\n")}
    public ${name}Args build() { return args; }
  }
}`;
}

/** An object in outputs, and the builder by which the SDK reads it. */
function result(name: string, members: readonly Member[]): string {
  const parts = members.map(({ name, type, isRequired }) => {
    const [nullable, returned, value] = isRequired
      ? ["", print(type), name]
      : ["@Nullable ", `Optional<${print(type)}>`, `Optional.ofNullable(${name})`];
    return {
      member: `  private ${print(type)} ${name};\n  public ${returned} ${name}() { return ${value}; }`,
      setter: `    @CustomType.Setter public Builder ${name}(${nullable}${print(type)} value) { result.${name} = value; return this; }`,
    };
  });
  return `@CustomType public final class ${name} {
${parts.map(({ member }) => member).join("\n")}
  @CustomType.Builder public static final class Builder {
    private final ${name} result = new ${name}();
${parts.map(({ setter }) => setter).join("\n")}
    public ${name} build() { return result; }
  }
}`;
}

function resource(
  name: string,
  id: string,
  kind: "Custom" | "Component" | "Provider",
  members: readonly Member[],
): string {
  const options = `${kind === "Component" ? kind : "Custom"}ResourceOptions`;
  const outputs = members.map(({ name, type, isRequired }) => {
    const [returned, value] = isRequired
      ? [print(type), name]
      : [`Optional<${print(type)}>`, `Codegen.optional(${name})`];
    return `  ${exported(name, type)} private Output<${print(type)}> ${name};
  public Output<${returned}> ${name}() { return ${value}; }`;
  });
  return `@ResourceType(type = "${id}") public class ${name} extends ${kind}Resource {
${outputs.join("\n")}
  public ${name}(String name, ${name}Args args) { this(name, args, null); }
  public ${name}(String name, ${name}Args args, @Nullable ${options} options) {
    super("${id}", name, args, options${kind === "Component" ? ", true" : ""});
  }
}`;
}

/** The annotation of an output has the classes of its type, and their nesting as positions in that list. */
function exported(name: string, type: Type): string {
  const classes: string[] = [];
  const place = ({ name, of }: Type): string => {
    const position = classes.push(`${name}.class`) - 1;
    return of.length === 0 ? `${position}` : `[${[position, ...of.map(place)].join(",")}]`;
  };
  const tree = place(type);
  return `@Export(name = "${name}", refs = {${classes.join(", ")}}, tree = "${tree.startsWith("[") ? tree : `[${tree}]`}")`;
}

function call(id: string, root: string): string {
  const name = nameOf(id);
  const output = `${root}.outputs.${pascal(name)}Result`;
  return `  public static Output<${output}> ${name}(${root}.inputs.${pascal(name)}Args args) {
    return Deployment.getInstance().invoke("${id}", TypeShape.of(${output}.class), args);
  }`;
}
