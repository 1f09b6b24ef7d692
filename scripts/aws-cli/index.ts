/** Finds aws-cli and boto3 on this machine, or installs both once, beside what else the build keeps in node_modules. */
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { coerce, gte, lt } from "semver";
import { findExecutable, foldersOnPath } from "../pulumi-cli/executables";
import { run } from "../pulumi-cli/run";

/** What is installed where there is none. Both go with the same botocore. */
const pinned = ["awscli==1.45.11", "boto3==1.43.11"] as const;

/** The first that know data grants; aws-cli 1 and boto3 came to it at the same number. */
const oldest = { 1: "1.36.0", 2: "2.19.0" } as const;

const answerWithinMs = 30_000;
const installWithinMs = 5 * 60_000;

/** How to start a program. */
export interface Program {
  readonly command: string;
}

/** Why there is none; a sentence. */
export interface Missing {
  readonly because: string;
}

/** A Python with aws-cli, Debian's or PyPI's. */
export const findAwsCli = (env = process.env) => pythonWith("awscli", env);

/** A Python with boto3. */
export const findBoto3 = (env = process.env) => pythonWith("boto3", env);

/** The Python of this machine, or one in an environment of its own. */
async function pythonWith(module: string, env: NodeJS.ProcessEnv): Promise<Program | Missing> {
  const command = findExecutable(foldersOnPath(env), "python3");
  if (command && (await knowsDataGrants(command, module, env))) return { command };
  try {
    return { command: await ownPython(env) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { because: `There is no ${module} on this machine, and none could be installed: ${reason}.` };
  }
}

async function knowsDataGrants(command: string, module: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const ask = ["-c", `import ${module}; print(${module}.__version__)`];
  const answer = await run(command, ask, { env, timeoutMs: answerWithinMs }).catch(() => "");
  const version = coerce(/\d+\.\d+\.\d+/.exec(answer)?.[0]);
  return version !== null && gte(version, lt(version, "2.0.0") ? oldest[1] : oldest[2]);
}

/** The Python of an environment with both; a process that comes second takes what the first one made. */
export async function ownPython(env = process.env): Promise<string> {
  const root = join(nodeModules(), ".cache", "pulumi-dataexchange", "aws-cli", pinned.join("-"));
  const python = join(root, "bin", "python");
  const exists = () => stat(python).then(Boolean, () => false);
  if (await exists()) return python;
  const base = findExecutable(foldersOnPath(env), "python3");
  if (!base) throw new Error("there is no python3 on the PATH");
  await mkdir(dirname(root), { recursive: true });
  const staging = await mkdtemp(`${root}.`);
  try {
    const limits = { env, timeoutMs: installWithinMs };
    await run(base, ["-m", "venv", staging], limits);
    const own = join(staging, "bin", "python");
    await run(own, ["-m", "pip", "install", "--quiet", ...pinned], { ...limits, name: "pip" });
    await rename(staging, root).catch(async (error: unknown) => {
      if (!(await exists())) throw error;
    });
    return python;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function nodeModules(): string {
  return dirname(dirname(require.resolve("semver/package.json")));
}
