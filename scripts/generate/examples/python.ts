import { snake } from "../../../lib/snake-case";
import { access, nest, quote } from "./layout";
import type { Declaration, TypedProgram, Value } from "./program";

export function python({ config, call, resource, exports }: TypedProgram): string {
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
      case "result":
        return access(value, snake);
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
  const args = ({ members }: Declaration): string[] =>
    members.map(([name, value]) => `${snake(name)}=${print(value)}`);
  const statements = [
    ...config.map((key) => `${snake(key)} = config.require(${quote(key)})`),
    call && nest(`${snake(call.variable)} = dataexchange.${snake(call.name)}_output(`, args(call), ")"),
    resource &&
      nest(
        `${snake(resource.variable)} = dataexchange.${resource.name}(`,
        [quote(resource.variable), ...args(resource)],
        ")",
      ),
    ...exports.map(([name, value]) => `pulumi.export(${quote(name)}, ${access(value, snake)})`),
  ];
  return `import pulumi
import pulumi_dataexchange as dataexchange

config = pulumi.Config()
${statements.filter(Boolean).join("\n")}`;
}
