import { chmod, copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { launcherName } from "./cli";
import { sourceFolder } from "./source-folder";

/** Puts the launcher of dynamic providers beside a CLI that came without one. */
export async function installLauncher(binDir: string): Promise<void> {
  if (process.platform === "win32") {
    throw new Error(
      `${launcherName} is missing in ${binDir}, and the one here is a shell script for POSIX systems`,
    );
  }
  const target = join(binDir, launcherName);
  const copy = `${target}.${process.pid}`;
  await copyFile(join(sourceFolder(), launcherName), copy);
  await chmod(copy, 0o755);
  await rename(copy, target);
}
