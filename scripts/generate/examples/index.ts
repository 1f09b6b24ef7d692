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

/** The program that shows a resource or function, by language; undefined if there is none. */
function printed(name: string, declared: Declared): [language: string, code: string][] | undefined {
  const program = programs[name];
  if (!program) return undefined;
  const typed = typedProgram(program, declared);
  return Object.entries(languages).map(([language, print]) => [
    language,
    `\`\`\`${language}\n${print(typed)}\n\`\`\``,
  ]);
}

/** The example of a resource or function after its description; nothing if it has none. */
export function exampleOf(name: string, declared: Declared): string {
  const code = printed(name, declared);
  if (!code) return "";
  return [
    "\n\n{{% examples %}}\n## Example Usage\n",
    `{{% example %}}\n### ${programs[name]!.title}\n`,
    ...code.map(([, text]) => text),
    "{{% /example %}}\n{{% /examples %}}",
  ].join("\n");
}

/** The same program on a page of the Pulumi Registry, with a tab for each language. */
export function tabsOf(name: string, declared: Declared): string {
  const code = printed(name, declared);
  if (!code) throw new Error(`No program shows ${name}.`);
  return [
    `{{< chooser language "${Object.keys(languages).join(",")}" >}}`,
    ...code.map(
      ([language, text]) => `{{% choosable language ${language} %}}\n\n${text}\n\n{{% /choosable %}}`,
    ),
    "{{< /chooser >}}",
  ].join("\n\n");
}
