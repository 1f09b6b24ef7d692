/**
 * Finds a Pulumi CLI that can run dynamic resources: on the PATH, in the versions folder of the Automation API, by the
 * official download, or by a build with Go. `npm run pulumi-cli` prints its path.
 */
import { realpathSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parse, satisfies } from "semver";

import { checkGo, cliModule, goBuildWithCli, minGoVersion } from "./go-build";
import type { Progress } from "./progress";
import { progressOn } from "./progress";
import type { Environment } from "./run-program";
import { findExecutable, foldersOnPath, run } from "./run-program";

/** The version that is downloaded or built. */
export const cliVersion = "3.259.0";

/** The oldest CLI that the package works with. */
const minCliVersion = "3.226.0";

/** The plugin that runs dynamic resources. The engine looks for it beside the CLI and on the PATH. */
export const launcherName = "pulumi-resource-pulumi-nodejs";

/** The launcher in the sources, because the compiler does not copy it to dist. */
const launcher = resolve(__dirname, "../../scripts", launcherName);

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const versionTimeoutMs = 20_000;
const connectTimeoutMs = 10_000;
const downloadTimeoutMs = 10 * 60_000;

export interface PulumiCli {
  /** The executable. */
  path: string;
  /** Its folder. If it comes first on the PATH, the engine finds the plugins that belong to this CLI. */
  binDir: string;
  /**
   * The argument of `PulumiCommand.get({ root })`: the folder above `bin`. Undefined if the folder of a CLI on the PATH
   * has another name; `get` without a root finds that CLI.
   */
  root: string | undefined;
  /** Such as "3.259.0". */
  version: string;
  source: "path" | "versions" | "download" | "go";
}

/** A way to get a CLI. */
export interface Source {
  name: string;
  /** Returns undefined if there is no CLI. Throws the reason, as a clause without a full stop, if it is unusable. */
  find(env: Environment, progress: Progress): Promise<PulumiCli | undefined>;
}

export interface FindOptions {
  /** Default: the environment of this process. */
  env?: Environment;
  /** Default: on standard error. */
  progress?: Progress;
  /** Default: all, the fastest first. */
  sources?: readonly Source[];
}

export async function findPulumi(options: FindOptions = {}): Promise<PulumiCli> {
  const { env = process.env, progress = progressOn(process.stderr), sources = allSources } = options;
  const failures: string[] = [];
  for (const source of sources) {
    try {
      const cli = await source.find(env, progress);
      if (cli) return cli;
      failures.push(`${source.name}: not found`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${source.name}: ${reason}`);
      if (source !== sources.at(-1)) progress.note(`No Pulumi CLI from ${source.name}: ${reason}.`);
    }
  }
  throw new Error(
    `No usable Pulumi CLI was found (${failures.join("; ")}). Install it (https://www.pulumi.com/docs/install/), ` +
      `or put Go ${minGoVersion} or later on the PATH so that it can be built.`,
  );
}

export const onPath: Source = {
  name: "the PATH",
  async find(env) {
    const folders = foldersOnPath(env);
    const path = findExecutable(folders, "pulumi");
    if (!path) return undefined;
    const output = await run(path, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutMs: versionTimeoutMs,
    });
    const version = parse(output.trim())?.version;
    if (!version || !satisfies(version, `^${minCliVersion}`, { includePrerelease: true }))
      throw new Error(
        `${path} is version ${version ?? `"${output}"`}; ${minCliVersion} or a later 3.x is needed`,
      );
    // Package managers put links on the PATH and the plugins beside the files that they point to.
    if (!findExecutable([dirname(path), dirname(realpathSync(path)), ...folders], launcherName))
      throw new Error(`${path} has no ${launcherName} beside it, which dynamic resources need`);
    return cliAt(path, version, "path");
  },
};

/** An earlier run, or the Automation API, may have installed a CLI here. */
export const inVersionsFolder: Source = {
  name: "the versions folder",
  async find(env) {
    const binDir = join(versionRoot(env), "bin");
    const path = findExecutable([binDir], "pulumi");
    if (!path) return undefined;
    await addLauncher(binDir);
    return cliAt(path, cliVersion, "versions");
  },
};

/** Runs the official install script. */
export const downloadFrom = (origin: string): Source => ({
  name: "the official download",
  find: (env, progress) =>
    progress.during(
      () => `downloading the Pulumi CLI ${cliVersion} from ${origin}`,
      install(env, "download", async (root) => {
        const isWindows = process.platform === "win32";
        const script = join(root, isWindows ? "install.ps1" : "install.sh");
        await writeFile(script, await fetchScript(new URL(`/${basename(script)}`, origin)));
        const [command, args] = isWindows
          ? ["powershell.exe", ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", script, "-NoEditPath"]]
          : ["sh", [script, "--no-edit-path"]];
        const [rootOption, versionOption] = isWindows
          ? ["-InstallRoot", "-Version"]
          : ["--install-root", "--version"];
        await run(command, [...args, rootOption, root, versionOption, cliVersion], {
          env,
          timeoutMs: downloadTimeoutMs,
          name: "the installer",
        });
      }),
    ),
});

const builtWithGo: Source = {
  name: "a build with Go",
  async find(env, progress) {
    if (process.platform === "win32") throw new Error("the plugin launcher does not run on Windows");
    await checkGo(env);
    return install(env, "go", (root) =>
      goBuildWithCli(cliVersion, {
        subject: `the Pulumi CLI ${cliVersion} from its Go module`,
        source: `${cliModule}/cmd/pulumi`,
        target: join(root, "bin", "pulumi"),
        root,
        linkerFlags: `-X ${versionVariable}=v${cliVersion}`,
        env,
        progress,
      }),
    );
  },
};

const allSources = [onPath, inVersionsFolder, downloadFrom("https://get.pulumi.com"), builtWithGo];

/** The Automation API installs this version into the same folder. */
const versionRoot = (env: Environment): string =>
  join(env["PULUMI_HOME"] || join(homedir(), ".pulumi"), "versions", cliVersion);

/**
 * Calls `fill` with an empty folder, then moves its files into the versions folder. Only complete files are moved, the CLI
 * last, so concurrent processes never see half an installation.
 */
async function install(
  env: Environment,
  source: PulumiCli["source"],
  fill: (root: string) => Promise<void>,
): Promise<PulumiCli> {
  const root = versionRoot(env);
  const binDir = join(root, "bin");
  await mkdir(dirname(root), { recursive: true });
  // Beside the target, because a rename is atomic only within one file system.
  const staging = await mkdtemp(`${root}.`);
  try {
    await fill(staging);
    const staged = join(staging, "bin");
    const path = findExecutable([staged], "pulumi");
    if (!path) throw new Error("it succeeded but installed no pulumi");
    await addLauncher(staged);
    const cli = basename(path);
    await mkdir(binDir, { recursive: true });
    for (const file of [...(await readdir(staged)).filter((name) => name !== cli), cli])
      await rename(join(staged, file), join(binDir, file));
    return cliAt(join(binDir, cli), cliVersion, source);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function fetchScript(url: URL): Promise<string> {
  const signal = AbortSignal.timeout(connectTimeoutMs);
  const response = await fetch(url, { signal }).catch((error: Error) => {
    const { code } = (error.cause ?? {}) as { code?: string };
    throw new Error(`${url.host} cannot be reached (${code ?? error.message})`);
  });
  if (!response.ok) throw new Error(`${url.host} returns status ${response.status}`);
  return response.text();
}

/** Puts the launcher of dynamic providers beside a CLI that has none, or an earlier one of this package. */
async function addLauncher(binDir: string): Promise<void> {
  const existing = findExecutable([binDir], launcherName);
  if (existing && !(await isOutdated(existing))) return;
  if (process.platform === "win32")
    throw new Error(`${launcherName} is missing in ${binDir}, and its replacement is a POSIX shell script`);
  const target = join(binDir, launcherName);
  const copy = `${target}.${process.pid}`;
  await copyFile(launcher, copy);
  await chmod(copy, 0o755);
  await rename(copy, target);
}

/** Whether a launcher is an earlier one of this package, which begins with the same comment; Pulumi's own stays. */
async function isOutdated(existing: string): Promise<boolean> {
  const [old, current] = await Promise.all([readFile(existing, "utf8"), readFile(launcher, "utf8")]);
  return old !== current && old.split("\n")[1] === current.split("\n")[1];
}

export function cliAt(path: string, version: string, source: PulumiCli["source"]): PulumiCli {
  const binDir = dirname(path);
  return { path, binDir, root: basename(binDir) === "bin" ? dirname(binDir) : undefined, version, source };
}

if (require.main === module) {
  findPulumi().then(
    (cli) => console.log(cli.path),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
