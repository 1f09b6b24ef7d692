/** `npm run generate`: writes the files that are derived from the table of job types and from the components. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { printReference } from "./markdown";
import { printPages } from "./registry";
import { packageSchema } from "./schema/package";
import { printTypes } from "./typescript";

/** Every generated file: its path from the package's root, and its text. */
export async function generated(): Promise<[path: string, text: string][]> {
  const schema = packageSchema();
  const texts: [string, string][] = [
    ["provider/resources/types.ts", printTypes()],
    ["docs/job-types.md", printReference()],
    ["schema.json", JSON.stringify(schema, undefined, 2)],
    ...printPages(schema),
  ];
  return Promise.all(
    texts.map(async ([path, text]) => [
      path,
      await format(text, { ...(await resolveConfig(path)), filepath: path }),
    ]),
  );
}

async function main(): Promise<void> {
  for (const [path, text] of await generated()) {
    await writeFile(join(process.cwd(), path), text);
    console.log(path);
  }
}

if (require.main === module) void main();
