import { pascal } from "../typescript";
import { indent, nest, quote } from "./layout";
import type { ResultValue, TypedProgram, Value } from "./program";

export function csharp({ config, call, resource, exports }: TypedProgram): string {
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
      case "result":
        return access(value);
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
  const statements = [
    "var config = new Config();",
    ...config.map((key) => `var ${key} = config.Require(${quote(key)});`),
    call &&
      nest(
        `var ${call.variable} = DataExchange.${pascal(call.name)}.Invoke(new()\n{`,
        call.members.map(member),
        "});",
      ),
    resource &&
      nest(
        `var ${resource.variable} = new DataExchange.${resource.name}(${quote(resource.variable)}, new()\n{`,
        resource.members.map(member),
        "});",
      ),
    exports.length > 0 &&
      nest(
        "return new Dictionary<string, object?>\n{",
        exports.map(([name, value]) => `[${quote(name)}] = ${access(value)}`),
        "};",
      ),
  ];
  return `${exports.length > 0 ? "using System.Collections.Generic;\n" : ""}using Pulumi;
using DataExchange = PulumiDataExchange.DataExchange;

return await Deployment.RunAsync(() =>
{
${indent(statements.filter(Boolean).join("\n"))}
});`;
}

/** `found.Apply(result => result.Assets[0].Id)` */
const access = ({ of, path }: ResultValue): string =>
  `${of}.Apply(result => result${path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${pascal(step)}`))
    .join("")})`;
