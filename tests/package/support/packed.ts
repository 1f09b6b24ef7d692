/** The package as it would be published: what `npm pack` makes of the tree as it is built. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface PackedFile {
  path: string;
  size: number;
}

export interface Packed {
  /** Where the tarball is. */
  tarball: string;
  bytes: Buffer;
  files: readonly PackedFile[];
  remove(): Promise<void>;
}

export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "packed-"));
  // The tests run on what is built; building it again beneath the others would take it from under them.
  const { stdout } = await run("npm", [
    "pack",
    "--ignore-scripts",
    "--json",
    "--loglevel=error",
    `--pack-destination=${folder}`,
  ]);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: PackedFile[] }];
  const tarball = join(folder, filename);
  return {
    tarball,
    bytes: await readFile(tarball),
    files,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
