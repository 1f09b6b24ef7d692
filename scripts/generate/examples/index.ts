/** Examples of the package schema, in the form of Pulumi's documentation. */
import { csharp } from "./csharp";
import { go } from "./go";
import { java } from "./java";
import type { Declared, TypedProgram } from "./program";
import { typedProgram } from "./program";
import { programs } from "./programs";
import { python } from "./python";
import { typescript } from "./typescript";
import { yaml } from "./yaml";

/** In the order of Pulumi's documentation. */
const languages: Readonly<Record<string, (program: TypedProgram) => string>> = {
  typescript,
  python,
  csharp,
  go,
  java,
  yaml,
};

/** The example of a resource or function after its description; nothing if it has none. */
export function exampleOf(name: string, declared: Declared): string {
  const program = programs[name];
  if (!program) return "";
  const typed = typedProgram(program, declared);
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
