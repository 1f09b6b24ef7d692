/** Files of the package that the plugin reads. In a bundle they are beside the plugin, otherwise in the package's root. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { CodedError } from "../../lib/message-code";

async function read(name: string): Promise<string> {
  for (const folder of [__dirname, join(__dirname, "../../..")]) {
    const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  const text = `This build of the plugin has no ${name}. Install a released version of the plugin.`;
  throw new CodedError({ code: "missing-package-file", text });
}

/** The schema of the package as JSON. */
export const readSchema = (): Promise<string> => read("schema.json");

export const readVersion = async (): Promise<string> =>
  (JSON.parse(await read("package.json")) as { version: string }).version;
