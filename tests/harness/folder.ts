/** Temporary folders of tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Hooks that create a folder for each test of a suite; the function returns the path of a file in it. */
export function useFolder(): (name?: string) => string {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return (name = "") => join(folder, name);
}

/** Writes a file and creates its parent folders. */
export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
