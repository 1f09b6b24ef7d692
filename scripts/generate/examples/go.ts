import { pascal } from "../typescript";
import { indent, nest, quote } from "./layout";
import type { Members, ResultValue, TypedProgram, Value } from "./program";

export function go({ config, call, resource, exports }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        if (value.enumerator) return `dataexchange.${value.enumerator.type}${value.enumerator.name}`;
        return value.plain ? quote(value.text) : `pulumi.String(${quote(value.text)})`;
      case "boolean":
        return value.plain ? value.text : `pulumi.Bool(${value.text})`;
      case "config":
        return `pulumi.String(${value.key})`;
      case "result":
        return access(value);
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
  const members = (of: Members): string[] =>
    alignValues(of.map(([name, value]) => [`${pascal(name)}:`, reference(value)]));
  const invoked = call && `dataexchange.${functionName(call.name)}Output`;
  const statements = [
    'cfg := config.New(ctx, "")',
    ...config.map((key) => `${key} := cfg.Require(${quote(key)})`),
    call && nest(`${call.variable} := ${invoked}(ctx, ${invoked}Args{`, members(call.members), "})"),
    resource &&
      nest(
        `_, err := dataexchange.New${resource.name}(ctx, ${quote(resource.variable)}, &dataexchange.${resource.name}Args{`,
        members(resource.members),
        "})",
      ),
    ...exports.map(([name, value]) => `ctx.Export(${quote(name)}, ${access(value)})`),
    resource ? "return err" : "return nil",
  ];
  return `package main

import (
	"github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go/dataexchange"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
    pulumi.Run(func(ctx *pulumi.Context) error {
${indent(statements.filter(Boolean).join("\n"), "        ")}
    })
}`.replace(/^( {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4));
}

/** `found.Assets().Index(pulumi.Int(0)).Id()` */
const access = ({ of, path }: ResultValue): string =>
  of +
  path
    .map((step) => (typeof step === "number" ? `.Index(pulumi.Int(${step}))` : `.${pascal(step)}()`))
    .join("");

/** `GetJob` is the function that reads a resource Job by its id, so the generator names that of the package otherwise. */
const functionName = (name: string): string => (name === "getJob" ? "LookupJob" : pascal(name));

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
