/** Compiles Go programs, most of them with the packages of the Pulumi CLI's module. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coerce, lt } from "semver";

import type { Progress } from "./progress";
import type { Environment } from "./run-program";
import { findExecutable, foldersOnPath, run } from "./run-program";

/** The version of Go that the module of the CLI requires. */
const goVersion = "1.25.11";

/** An older Go of the same minor version downloads the required one by itself. */
export const minGoVersion = "1.25";

export const cliModule = "github.com/pulumi/pulumi/pkg/v3";
const versionTimeoutMs = 20_000;
const buildTimeoutMs = 45 * 60_000;

export interface GoBuild {
  /** What is built, in the line of progress. */
  subject: string;
  /** A package, or the path of a Go file. */
  source: string;
  /** Path of the executable. */
  target: string;
  /** The folder of the module in which it is built. */
  root: string;
  linkerFlags?: string;
  /** Whether go.mod and go.sum may be completed. Default: false. */
  completesModule?: boolean;
  env: Environment;
  progress: Progress;
}

/**
 * Builds in an empty folder with the packages of the CLI. Go takes the versions of all other modules from the go.mod of
 * the CLI, so builds are reproducible. It verifies downloads with its checksum database (https://sum.golang.org), so no
 * go.sum is needed.
 */
export async function goBuildWithCli(version: string, build: GoBuild): Promise<void> {
  const module = `module build\n\ngo ${goVersion}\n\nrequire ${cliModule} v${version}\n`;
  await writeFile(join(build.root, "go.mod"), module);
  await goBuild({ ...build, completesModule: true });
}

/** All builds have the same flags, so that they share compiled packages. */
export async function goBuild(build: GoBuild): Promise<void> {
  const { subject, source, target, root, linkerFlags = "", completesModule = false, env, progress } = build;
  const counts: BuildCounts = { downloaded: 0, compiled: 0, linking: false };
  const flags = [
    `-mod=${completesModule ? "mod" : "readonly"}`,
    ...["-v", "-trimpath", "-tags", "osusergo,grpcnotrace"],
  ];
  const args = ["build", ...flags, "-ldflags", `-s -w ${linkerFlags}`, "-o", target, source];
  const built = run("go", args, {
    // A go.work in a folder above would change which modules are built.
    env: { ...env, GOWORK: "off" },
    cwd: root,
    timeoutMs: buildTimeoutMs,
    isProgress: (line) => countBuildLine(counts, line, source),
  });
  await progress.during(() => describeBuild(subject, counts), built);
}

/** Throws the reason, as a clause without a full stop, if nothing can be built. */
export async function checkGo(env: Environment): Promise<void> {
  if (!findExecutable(foldersOnPath(env), "go")) throw new Error("there is no go on the PATH");
  // The version of the installed go, not of one that it would download for a go.mod.
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
export function countBuildLine(counts: BuildCounts, line: string, source: string): boolean {
  if (line.startsWith("go: downloading ")) counts.downloaded++;
  else if (/^[\w.~/-]+$/.test(line)) {
    counts.compiled++;
    // The name that Go gives to a package of files.
    counts.linking ||= line === source || line === "command-line-arguments";
  } else return false;
  return true;
}

export function describeBuild(subject: string, { downloaded, compiled, linking }: BuildCounts): string {
  const parts = [
    downloaded && `${plural(downloaded, "module")} downloaded`,
    compiled && `${plural(compiled, "package")} compiled`,
    linking && "linking",
  ].filter(Boolean);
  return `building ${subject}: ${parts.join(", ") || "this takes some minutes, once"}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
