import { format, resolveConfig } from "prettier";

import { printReference } from "./markdown";
import { printTypes } from "./typescript";

/** Every generated file: its path from the package's root, and its text. */
export async function generated(): Promise<[path: string, text: string][]> {
  const texts: [string, string][] = [
    ["provider/dynamic/types.ts", printTypes()],
    ["docs/job-types.md", printReference()],
  ];
  return Promise.all(
    texts.map(async ([path, text]) => [
      path,
      await format(text, { ...(await resolveConfig(path)), filepath: path }),
    ]),
  );
}
