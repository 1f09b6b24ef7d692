/** Finds a Python with aws-cli or boto3 on this machine, or installs both once for this user. */
import { coerce, gte, lt } from "semver";

import { pythonWith } from "./python-environment";
import { findExecutable, foldersOnPath, run } from "./run-program";

/** The versions that are installed. Both use the same botocore. */
const pinned = ["awscli==1.45.11", "boto3==1.43.11"] as const;

/** The first versions with data grants, by major version; boto3 has the numbers of aws-cli 1. */
const minVersion = { 1: "1.36.0", 2: "2.19.0" } as const;

const versionTimeoutMs = 30_000;

export interface Program {
  readonly command: string;
}

export interface Missing {
  /** The reason, as a sentence. */
  readonly because: string;
}

/** A Python with aws-cli, from Debian or PyPI. */
export const findAwsCli = (env = process.env) => findOrInstall("awscli", env);

/** A Python with boto3. */
export const findBoto3 = (env = process.env) => findOrInstall("boto3", env);

async function findOrInstall(module: string, env: NodeJS.ProcessEnv): Promise<Program | Missing> {
  const command = findExecutable(foldersOnPath(env), "python3");
  if (command && (await hasDataGrants(command, module, env))) return { command };
  try {
    return { command: await installPython(env) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { because: `${module} was not found on this machine and could not be installed: ${reason}.` };
  }
}

async function hasDataGrants(command: string, module: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const args = ["-c", `import ${module}; print(${module}.__version__)`];
  const output = await run(command, args, { env, timeoutMs: versionTimeoutMs }).catch(() => "");
  const version = coerce(/\d+\.\d+\.\d+/.exec(output)?.[0]);
  return version !== null && gte(version, lt(version, "2.0.0") ? minVersion[1] : minVersion[2]);
}

/** Returns the Python of a virtual environment with both packages. */
export const installPython = (env = process.env): Promise<string> => pythonWith(pinned.join("\n"), { env });
