/** Virtual environments of Python with packages from PyPI, kept for this user. */
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { progressOn } from "./progress";
import type { Environment } from "./run-program";
import { findExecutable, foldersOnPath, run } from "./run-program";
import { cachedFolder } from "./user-cache";

const timeoutMs = 5 * 60_000;

/**
 * Prints what names a Python: also the folder of one that is itself a virtual environment or belongs to a version manager.
 * The SDK of Pulumi needs 3.10. Debian and Ubuntu have the modules in a package of their own.
 */
const describePython = `
import sys
if sys.version_info < (3, 10):
    sys.exit("it is version %d.%d; 3.10 or later is needed" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("it cannot create virtual environments; on Debian and Ubuntu, install the package python3-venv")
print(sys.version, sys.base_prefix)
`;

export interface PythonOptions {
  env: Environment;
  /** Of the environment's folder. Default: "python". */
  name?: string;
}

/** Installs a package from its sources, without what it requires. Returns a folder for PYTHONPATH. */
export async function installSources(python: string, sources: string, env: Environment): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    // Build tools leave files in the sources.
    const copy = join(folder, "sources");
    await cp(sources, copy, { recursive: true });
    const args = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--no-build-isolation",
      "--target",
      folder,
      copy,
    ];
    await run(python, args, { env, timeoutMs, name: "pip" });
    await rm(copy, { recursive: true });
  };
  return cachedFolder({ name: "python-package", key: [python, sources], env, fill });
}

/** Installs a package from PyPI, without what it requires. Returns a folder for PYTHONPATH. */
export async function installRequirement(
  python: string,
  requirement: string,
  env: Environment,
): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    const file = join(folder, "requirements.txt");
    await writeFile(file, requirement);
    const args = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, "--requirement", file];
    await run(python, args, { env, timeoutMs, name: "pip" });
  };
  return cachedFolder({ name: "python-package", key: [python, requirement], env, fill });
}

/** The Python of an environment with these requirements. Throws the reason, as a clause without a full stop. */
export async function pythonWith(requirements: string, options: PythonOptions): Promise<string> {
  const { env, name = "python" } = options;
  const base = findExecutable(foldersOnPath(env), "python3");
  if (!base) throw new Error("there is no python3 on the PATH; install Python 3.10 or later");
  const version = await run(base, ["-c", describePython], { env, timeoutMs });
  const fill = async (folder: string): Promise<void> => {
    await run(base, ["-m", "venv", folder], { env, timeoutMs });
    const file = join(folder, "requirements.txt");
    await writeFile(file, requirements);
    const args = ["-m", "pip", "install", "--quiet", "--requirement", file];
    const installed = run(join(folder, "bin", "python"), args, { env, timeoutMs, name: "pip" });
    await progressOn(process.stderr).during(() => "installing packages from PyPI, once", installed);
  };
  const folder = await cachedFolder({ name, key: [requirements, version], env, fill });
  return join(folder, "bin", "python");
}
