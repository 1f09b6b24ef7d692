/** Compiles the Pulumi CLI from its Go module, which takes some minutes. */
import { tmpdir } from "node:os";
import { coerce, lt } from "semver";

import type { Progress } from "./progress";
import type { Environment } from "./run-program";
import { findExecutable, foldersOnPath, run } from "./run-program";

/** The version that scripts/pulumi-cli/go.mod requires. */
export const minGoVersion = "1.25";

const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const versionTimeoutMs = 20_000;
const buildTimeoutMs = 45 * 60_000;

export interface BuildOptions {
  version: string;
  /** The folder of go.mod. */
  module: string;
  /** The path of the executable to write. */
  target: string;
  env: Environment;
  progress: Progress;
}

export async function buildPulumi({ version, module, target, env, progress }: BuildOptions): Promise<void> {
  const counts: BuildCounts = { downloaded: 0, compiled: 0, linking: false };
  const linkerFlags = `-s -w -X ${versionVariable}=v${version}`;
  const flags = ["-v", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", linkerFlags, "-o", target];
  const built = run("go", ["build", ...flags, cliPackage], {
    // A go.work in a folder above would change which modules are built.
    env: { ...env, GOWORK: "off" },
    cwd: module,
    timeoutMs: buildTimeoutMs,
    isProgress: (line) => countBuildLine(counts, line),
  });
  await progress.during(() => describeBuild(version, counts), built);
}

/** Throws where the CLI cannot be built. */
export async function checkGo(env: Environment): Promise<void> {
  if (process.platform === "win32") throw new Error("the plugin launcher does not run on Windows");
  if (!findExecutable(foldersOnPath(env), "go")) throw new Error("there is no go on the PATH");
  // The version of this go itself, not of one that it would download because of a go.mod.
  const local = { ...env, GOTOOLCHAIN: "local" };
  const found = await run("go", ["env", "GOVERSION"], {
    env: local,
    cwd: tmpdir(),
    timeoutMs: versionTimeoutMs,
  });
  if (lt(coerce(found) ?? "0.0.0", coerce(minGoVersion) ?? "0.0.0"))
    throw new Error(`the go on the PATH is ${found}; version ${minGoVersion} or later is needed`);
}

export interface BuildCounts {
  downloaded: number;
  compiled: number;
  linking: boolean;
}

/** Counts a line of `go build -v`. Returns false if it names neither a download nor a package. */
export function countBuildLine(counts: BuildCounts, line: string): boolean {
  if (line.startsWith("go: downloading ")) counts.downloaded++;
  else if (/^[\w.~/-]+$/.test(line)) {
    counts.compiled++;
    counts.linking ||= line === cliPackage;
  } else return false;
  return true;
}

export function describeBuild(version: string, { downloaded, compiled, linking }: BuildCounts): string {
  const parts = [
    downloaded && `${plural(downloaded, "module")} downloaded`,
    compiled && `${plural(compiled, "package")} compiled`,
    linking && "linking",
  ].filter(Boolean);
  return `building the Pulumi CLI ${version} from its Go module: ${parts.join(", ") || "this takes some minutes, once"}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
