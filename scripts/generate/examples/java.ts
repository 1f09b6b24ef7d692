import { pascal } from "../typescript";
import { indent, quote } from "./layout";
import type { Members, ResultValue, TypedProgram, Value } from "./program";

const javaPackage = "io.github.pulumidataexchange.dataexchange";

export function java({ config, call, resource, exports }: TypedProgram): string {
  const imports = new Set(["com.pulumi.Pulumi"]);
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        if (!value.enumerator) return quote(value.text);
        imports.add(`${javaPackage}.enums.${value.enumerator.type}`);
        return `${value.enumerator.type}.${value.enumerator.name}`;
      case "boolean":
        return value.text;
      case "config":
        return value.key;
      case "result":
        return access(value);
      case "list": {
        // A builder takes items that are values, or an output of the whole list.
        const [item] = value.items;
        if (item?.kind !== "result") return value.items.map(print).join(", ");
        imports.add("java.util.List");
        return access(item, (one) => `List.of(${one})`);
      }
      case "map":
        imports.add("java.util.Map");
        return `Map.of(${value.members.flatMap(([key, item]) => [quote(key), print(item)]).join(", ")})`;
      case "object":
        imports.add(`${javaPackage}.inputs.${value.type}Args`);
        return build(`${value.type}Args`, value.members);
    }
  };
  const build = (name: string, members: Members): string =>
    [
      `${name}.builder()`,
      ...members.map(([member, value]) => indent(`.${member}(${print(value)})`)),
      indent(".build()"),
    ].join("\n");
  const invoke = ({ variable, name, members }: NonNullable<typeof call>): string => {
    imports.add(`${javaPackage}.DataexchangeFunctions`).add(`${javaPackage}.inputs.${pascal(name)}Args`);
    return `var ${variable} = DataexchangeFunctions.${name}(${build(`${pascal(name)}Args`, members)});`;
  };
  const declare = ({ variable, name, members }: NonNullable<typeof resource>): string => {
    imports.add(`${javaPackage}.${name}`).add(`${javaPackage}.${name}Args`);
    return `new ${name}(${quote(variable)}, ${build(`${name}Args`, members)});`;
  };
  const statements = [
    "var config = ctx.config();",
    ...config.map((key) => `var ${key} = config.require(${quote(key)});`),
    call && invoke(call),
    resource && declare(resource),
    ...exports.map(([name, value]) => `ctx.export(${quote(name)}, ${access(value)});`),
  ];
  return `package example;

${[...imports]
  .sort()
  .map((name) => `import ${name};`)
  .join("\n")}

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
${indent(statements.filter(Boolean).join("\n"), "            ")}
        });
    }
}`;
}

/** `found.applyValue(result -> result.assets().get(0).id())` */
const access = ({ of, path }: ResultValue, wrap = (member: string): string => member): string =>
  `${of}.applyValue(result -> ${wrap(
    `result${path.map((step) => (typeof step === "number" ? `.get(${step})` : `.${step}()`)).join("")}`,
  )})`;
