/** Prints programs in languages in which values need no types: TypeScript, Python and YAML. */
import { stringify } from "yaml";

import { nest, quote, snake } from "./layout";
import type { TypedProgram, Value } from "./program";

export function typescript({ resource, type, config, properties }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        return quote(value.text);
      case "boolean":
        return value.text;
      case "config":
        return value.key;
      case "list":
        return nest("[", value.items.map(print), "]");
      default:
        return nest("{", value.members.map(member), "}");
    }
  };
  const member = ([name, value]: readonly [string, Value]): string =>
    value.kind === "config" && value.key === name ? name : `${name}: ${print(value)}`;
  return [
    `import * as pulumi from "@pulumi/pulumi";
import * as dataexchange from "@pulumi-dataexchange/dataexchange";

const config = new pulumi.Config();`,
    ...config.map((key) => `const ${key} = config.require(${quote(key)});`),
    nest(`const ${resource} = new dataexchange.${type}(${quote(resource)}, {`, properties.map(member), "});"),
  ].join("\n");
}

export function python({ resource, type, config, properties }: TypedProgram): string {
  const print = (value: Value): string => {
    switch (value.kind) {
      case "text":
        return value.enumerator
          ? `dataexchange.${value.enumerator.type}.${snake(value.enumerator.name).toUpperCase()}`
          : quote(value.text);
      case "boolean":
        return value.text === "true" ? "True" : "False";
      case "config":
        return snake(value.key);
      case "list":
        return nest("[", value.items.map(print), "]");
      case "map":
        return nest(
          "{",
          value.members.map(([key, item]) => `${quote(key)}: ${print(item)}`),
          "}",
        );
      case "object":
        return nest(
          "{",
          value.members.map(([name, item]) => `${quote(snake(name))}: ${print(item)}`),
          "}",
        );
    }
  };
  return [
    "import pulumi\nimport pulumi_dataexchange as dataexchange\n\nconfig = pulumi.Config()",
    ...config.map((key) => `${snake(key)} = config.require(${quote(key)})`),
    nest(
      `${snake(resource)} = dataexchange.${type}(`,
      [quote(resource), ...properties.map(([name, value]) => `${snake(name)}=${print(value)}`)],
      ")",
    ),
  ].join("\n");
}

export function yaml({ resource, type, config, properties }: TypedProgram): string {
  const plain = (value: Value): unknown => {
    switch (value.kind) {
      case "text":
        return value.text.replaceAll("${", "$${");
      case "boolean":
        return value.text === "true";
      case "config":
        return `\${${value.key}}`;
      case "list":
        return value.items.map(plain);
      default:
        return Object.fromEntries(value.members.map(([name, item]) => [name, plain(item)]));
    }
  };
  const program = {
    name: "example",
    runtime: "yaml",
    config: Object.fromEntries(config.map((key) => [key, { type: "string" }])),
    resources: {
      [resource]: {
        type: `dataexchange:${type}`,
        properties: Object.fromEntries(properties.map(([name, value]) => [name, plain(value)])),
      },
    },
  };
  return stringify(program).trimEnd();
}
