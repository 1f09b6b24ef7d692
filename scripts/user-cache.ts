/** Folders that are filled once for this user. `npm ci` would delete them in node_modules. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import type { Environment } from "./run-program";

export interface CachedFolder {
  /** Of the folder, such as "python". */
  readonly name: string;
  /** All that the content depends on. */
  readonly key: readonly (string | Uint8Array)[];
  readonly env: Environment;
  /** Writes the content into an empty folder, which is renamed when it is complete. */
  readonly fill: (folder: string) => Promise<void>;
}

/** The path of the filled folder. Concurrent processes share it, and never see a part of it. */
export async function cachedFolder({ name, key, env, fill }: CachedFolder): Promise<string> {
  const hash = createHash("sha256");
  for (const part of key) hash.update(part).update("\0");
  const caches = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(caches, "pulumi-dataexchange", `${name}-${hash.digest("hex").slice(0, 16)}`);
  const exists = () => stat(folder).then(Boolean, () => false);
  if (await exists()) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}.`);
  try {
    await fill(staging);
    await rename(staging, folder).catch(async (error: unknown) => {
      if (!(await exists())) throw error;
    });
    return folder;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
