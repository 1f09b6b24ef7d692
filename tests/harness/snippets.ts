/** The programs in README.md, as they stand there. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

/** Found at once, because tests go into other folders. */
const readme = resolve("README.md");

/** The TypeScript blocks of a section, one after another. */
export async function snippetsOf(heading: string): Promise<string> {
  const [, section] = (await readFile(readme, "utf8")).split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`README.md has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```ts\n([^]*?)^```$/gm)];
  if (blocks.length === 0) throw new Error(`The section "${heading}" of README.md has no program.`);
  return blocks.map(([, text]) => text!).join("\n");
}
