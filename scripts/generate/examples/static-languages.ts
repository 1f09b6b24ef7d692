/** Prints programs in languages that name the types of values: Go, C# and Java. */
import { pascal } from "../typescript";
import { indent, nest, quote } from "./layout";
import type { TypedProgram, Value } from "./program";

export function go({ resource, type, config, properties }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        if (value.enumerator) return `dataexchange.${value.enumerator.type}${value.enumerator.name}`;
        return value.plain ? quote(value.text) : `pulumi.String(${quote(value.text)})`;
      case "boolean":
        return value.plain ? value.text : `pulumi.Bool(${value.text})`;
      case "config":
        return `pulumi.String(${value.key})`;
      case "list":
        return nest(
          value.plain ? `[]${plainItem(value.itemType)}{` : `${collection(value.itemType, "Array")}{`,
          value.items.map(print),
          "}",
        );
      case "map":
        return nest(
          `${collection(value.itemType, "Map")}{`,
          value.members.map(([key, item]) => `${quote(key)}: ${print(item)}`),
          "}",
        );
      case "object":
        return nest(`&dataexchange.${value.type}Args{`, members(value.members), "}");
    }
  };
  const collection = (of: string, kind: string): string =>
    of === "string" ? `pulumi.String${kind}` : `dataexchange.${of}${kind}`;
  const plainItem = (of: string): string => (of === "string" ? of : `dataexchange.${of}`);
  // Plain texts and booleans are pointers, because each of them is optional.
  const reference = (value: Value): string => {
    if ((value.kind !== "text" && value.kind !== "boolean") || !value.plain) return print(value);
    return `pulumi.${value.kind === "text" ? "String" : "Bool"}Ref(${print(value)})`;
  };
  const members = (of: TypedProgram["properties"]): string[] =>
    alignValues(of.map(([name, value]) => [`${pascal(name)}:`, reference(value)]));
  const args = nest(
    `_, err := dataexchange.New${type}(ctx, ${quote(resource)}, &dataexchange.${type}Args{`,
    members(properties),
    "})",
  );
  const body = [
    'cfg := config.New(ctx, "")',
    ...config.map((key) => `${key} := cfg.Require(${quote(key)})`),
    args,
  ];
  return `package main

import (
	"github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go/dataexchange"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
    pulumi.Run(func(ctx *pulumi.Context) error {
${indent([...body, "return err"].join("\n"), "        ")}
    })
}`.replace(/^( {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4));
}

/** gofmt aligns the values of neighbouring lines. */
function alignValues(members: readonly (readonly [key: string, value: string])[]): string[] {
  const isLine = (index: number): boolean =>
    members[index] !== undefined && !members[index][1].includes("\n");
  return members.map(([key, value], index) => {
    if (!isLine(index)) return `${key} ${value}`;
    let [first, end] = [index, index + 1];
    while (isLine(first - 1)) first--;
    while (isLine(end)) end++;
    const width = Math.max(...members.slice(first, end).map(([other]) => other.length));
    return `${key.padEnd(width)} ${value}`;
  });
}

export function csharp({ resource, type, config, properties }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        return value.enumerator
          ? `DataExchange.${value.enumerator.type}.${value.enumerator.name}`
          : quote(value.text);
      case "boolean":
        return value.text;
      case "config":
        return value.key;
      case "list":
        return nest("new[]\n{", value.items.map(print), "}");
      case "map":
        return nest(
          "{",
          value.members.map(([key, item]) => `{ ${quote(key)}, ${print(item)} }`),
          "}",
        );
      case "object":
        return nest(`new DataExchange.Inputs.${value.type}Args\n{`, value.members.map(member), "}");
    }
  };
  const member = ([name, value]: readonly [string, Value]): string => `${pascal(name)} = ${print(value)}`;
  const body = [
    "var config = new Config();",
    ...config.map((key) => `var ${key} = config.Require(${quote(key)});`),
    nest(
      `var ${resource} = new DataExchange.${type}(${quote(resource)}, new()\n{`,
      properties.map(member),
      "});",
    ),
  ];
  return `using Pulumi;
using DataExchange = PulumiDataExchange.DataExchange;

return await Deployment.RunAsync(() =>
{
${indent(body.join("\n"))}
});`;
}

const javaPackage = "io.github.pulumidataexchange.dataexchange";

export function java({ resource, type, config, properties }: TypedProgram): string {
  const imports = new Set(["com.pulumi.Pulumi", `${javaPackage}.${type}`, `${javaPackage}.${type}Args`]);
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
      case "list":
        return value.items.map(print).join(", ");
      case "map":
        imports.add("java.util.Map");
        return `Map.of(${value.members.flatMap(([key, item]) => [quote(key), print(item)]).join(", ")})`;
      case "object":
        imports.add(`${javaPackage}.inputs.${value.type}Args`);
        return build(`${value.type}Args`, value.members);
    }
  };
  const build = (name: string, members: TypedProgram["properties"]): string =>
    [
      `${name}.builder()`,
      ...members.map(([member, value]) => indent(`.${member}(${print(value)})`)),
      indent(".build()"),
    ].join("\n");
  const body = [
    "var config = ctx.config();",
    ...config.map((key) => `var ${key} = config.require(${quote(key)});`),
    `new ${type}(${quote(resource)}, ${build(`${type}Args`, properties)});`,
  ];
  return `package example;

${[...imports]
  .sort()
  .map((name) => `import ${name};`)
  .join("\n")}

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
${indent(body.join("\n"), "            ")}
        });
    }
}`;
}
