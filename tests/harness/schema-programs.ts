import { packageSchema } from "../../scripts/generate/schema/package";

/** The programs in one language that show the resources and functions of the schema. */
export function schemaPrograms(language: "typescript" | "go" | "java"): string[] {
  const { resources, functions } = packageSchema();
  const block = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``);
  return [...Object.values(resources), ...Object.values(functions)].map(
    ({ description }) => block.exec(description)![1]!,
  );
}
