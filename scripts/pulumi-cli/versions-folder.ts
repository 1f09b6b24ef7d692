import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { cliVersion, describeCli, type Environment, launcherName, type PulumiCli, type Way } from "./cli";
import { findExecutable } from "./executables";
import { installLauncher } from "./launcher";

/** The folder in which the Automation API, too, installs this version. */
export function versionRoot(env: Environment): string {
  return join(env["PULUMI_HOME"] || join(homedir(), ".pulumi"), "versions", cliVersion);
}

/** What an earlier run, or the Automation API, has installed. */
export const inVersionsFolder: Way = {
  name: "the versions folder",
  async find(env) {
    const binDir = join(versionRoot(env), "bin");
    const path = findExecutable([binDir], "pulumi");
    if (!path) return { because: `there is no pulumi in ${binDir}`, ordinary: true };
    if (!findExecutable([binDir], launcherName)) await installLauncher(binDir);
    return describeCli(path, cliVersion, "versions");
  },
};

/**
 * Installs into the versions folder what `fill` puts into a folder of its own. Only complete files get there,
 * the CLI as the last, so that two processes may do this at once and none ever sees half an installation.
 */
export async function install(
  env: Environment,
  source: PulumiCli["source"],
  fill: (root: string) => Promise<unknown>,
): Promise<PulumiCli> {
  const root = versionRoot(env);
  const binDir = join(root, "bin");
  await mkdir(dirname(root), { recursive: true });
  // Beside the target, for a rename is atomic on one file system only.
  const staging = await mkdtemp(`${root}.`);
  try {
    await fill(staging);
    const staged = join(staging, "bin");
    const built = findExecutable([staged], "pulumi");
    if (!built) throw new Error("it ended well but left no pulumi behind");
    if (!findExecutable([staged], launcherName)) await installLauncher(staged);
    const cli = basename(built);
    await mkdir(binDir, { recursive: true });
    for (const file of [...(await readdir(staged)).filter((name) => name !== cli), cli]) {
      await rename(join(staged, file), join(binDir, file));
    }
    return describeCli(join(binDir, cli), cliVersion, source);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
