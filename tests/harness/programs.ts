/** Programs that many tests use. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { JobArgs } from "../../index";
import { Job } from "../../index";
import type { RevisionIds } from "./service";

/** A program of one Job that exports its outputs. */
export const declareJob =
  (args: JobArgs, name = "prices") =>
  () => {
    const { id, state, assets, errors, signedUrl } = new Job(name, args);
    return Promise.resolve({ id, state, assets, errors, signedUrl });
  };

export const importArgs = (revision: RevisionIds, keys: string[], rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: {
      importAssetsFromS3: { ...revision, assetSources: keys.map((key) => ({ bucket: "source", key })) },
    },
    ...rest,
  }) as JobArgs;

/** Resolved when this module loads, because tests change the working directory. */
const root = resolve(".");

/** The TypeScript blocks of a section of a document, joined. */
export async function snippetsOf(heading: string, file = "README.md"): Promise<string> {
  const [, section] = (await readFile(resolve(root, file), "utf8")).split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`${file} has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```ts\n([^]*?)^```$/gm)];
  if (blocks.length === 0) throw new Error(`The section "${heading}" of ${file} has no program.`);
  return blocks.map(([, text]) => text!).join("\n");
}
