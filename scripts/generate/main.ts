/** `npm run generate`: writes what is derived from the job type table. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { generated } from "./files";

async function main(): Promise<void> {
  for (const [path, text] of await generated()) {
    await writeFile(join(process.cwd(), path), text);
    console.log(path);
  }
}

void main();
