import { access, nest, quote } from "./layout";
import type { TypedProgram, Value } from "./program";

export function typescript({ config, call, resource, exports }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        return quote(value.text);
      case "boolean":
        return value.text;
      case "config":
        return value.key;
      case "result":
        return access(value);
      case "list":
        return nest("[", value.items.map(print), "]");
      default:
        return nest("{", value.members.map(member), "}");
    }
  };
  const member = ([name, value]: readonly [string, Value]): string =>
    value.kind === "config" && value.key === name ? name : `${name}: ${print(value)}`;
  const statements = [
    ...config.map((key) => `const ${key} = config.require(${quote(key)});`),
    call &&
      nest(`const ${call.variable} = dataexchange.${call.name}Output({`, call.members.map(member), "});"),
    resource &&
      nest(
        `const ${resource.variable} = new dataexchange.${resource.name}(${quote(resource.variable)}, {`,
        resource.members.map(member),
        "});",
      ),
    ...exports.map(([name, value]) => `export const ${name} = ${access(value)};`),
  ];
  return `import * as pulumi from "@pulumi/pulumi";
import * as dataexchange from "@pulumi-dataexchange/dataexchange";

const config = new pulumi.Config();
${statements.filter(Boolean).join("\n")}`;
}
