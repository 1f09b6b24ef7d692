/** Examples of the package schema, in the form of Pulumi's documentation. */
import type { ResourceSpec } from "../schema/resources";
import type { Types } from "../schema/types";
import { python, typescript, yaml } from "./dynamic-languages";
import type { TypedProgram } from "./program";
import { typedProgram } from "./program";
import { programs } from "./programs";
import { csharp, go, java } from "./static-languages";

/** In the order of Pulumi's documentation. */
const languages: Readonly<Record<string, (program: TypedProgram) => string>> = {
  typescript,
  python,
  csharp,
  go,
  java,
  yaml,
};

/** The example of a resource after its description; nothing if it has none. */
export function exampleOf(type: string, spec: ResourceSpec, types: Types): string {
  const program = programs[type];
  if (!program) return "";
  const typed = typedProgram(program, spec, types);
  const code = Object.entries(languages).map(
    ([language, print]) => `\`\`\`${language}\n${print(typed)}\n\`\`\``,
  );
  return [
    "\n\n{{% examples %}}\n## Example Usage\n",
    `{{% example %}}\n### ${program.title}\n`,
    ...code,
    "{{% /example %}}\n{{% /examples %}}",
  ].join("\n");
}
