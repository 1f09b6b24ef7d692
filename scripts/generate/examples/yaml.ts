import { stringify } from "yaml";

import { access } from "./layout";
import type { Declaration, TypedProgram, Value } from "./program";

export function yaml({ config, call, resource, exports }: TypedProgram): string {
  const plain = (value: Value): unknown => {
    switch (value.kind) {
      case "text":
        return value.text.replaceAll("${", "$${");
      case "boolean":
        return value.text === "true";
      case "config":
        return `\${${value.key}}`;
      case "result":
        return `\${${access(value)}}`;
      case "list":
        return value.items.map(plain);
      default:
        return members(value);
    }
  };
  const members = (of: Pick<Declaration, "members">): object =>
    Object.fromEntries(of.members.map(([name, item]) => [name, plain(item)]));
  const invoke = (of: Declaration): object => ({
    "fn::invoke": { function: `dataexchange:${of.name}`, arguments: members(of) },
  });
  const program = {
    name: "example",
    runtime: "yaml",
    config: Object.fromEntries(config.map((key) => [key, { type: "string" }])),
    ...(call && { variables: { [call.variable]: invoke(call) } }),
    ...(resource && {
      resources: {
        [resource.variable]: { type: `dataexchange:${resource.name}`, properties: members(resource) },
      },
    }),
    ...(exports.length > 0 && {
      outputs: Object.fromEntries(exports.map(([name, value]) => [name, plain(value)])),
    }),
  };
  return stringify(program).trimEnd();
}
