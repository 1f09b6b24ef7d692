import { tmpdir } from "node:os";
import { join } from "node:path";
import { coerce, lt } from "semver";
import type { Progress } from "../report/progress";
import { cliVersion, type Environment, type Way } from "./cli";
import { findExecutable, foldersOnPath } from "./executables";
import { run } from "./run";
import { sourceFolder } from "./source-folder";
import { install } from "./versions-folder";

/** What the go.mod beside this file asks for. */
export const minimumGoVersion = "1.25";

const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const versionTimeoutMs = 20_000;
const buildTimeoutMs = 45 * 60_000;

/** The CLI compiled from its Go module: some minutes, once, where the download cannot be reached. */
export const goBuild: Way = {
  name: "a build with Go",
  async find(env, progress) {
    if (process.platform === "win32")
      return { because: "the launcher that goes with it does not run on Windows" };
    if (!findExecutable(foldersOnPath(env), "go")) return { because: "there is no go on the PATH" };
    const version = await goVersion(env);
    if (lt(coerce(version) ?? "0.0.0", coerce(minimumGoVersion) ?? "0.0.0")) {
      return { because: `the go on the PATH is ${version}, and ${minimumGoVersion} or later is needed` };
    }
    return install(env, "go", (root) => build(join(root, "bin", "pulumi"), env, progress));
  },
};

/** The version of the go on the PATH itself, not of one that it would fetch to please a go.mod. */
function goVersion(env: Environment): Promise<string> {
  const local = { ...env, GOTOOLCHAIN: "local" };
  return run("go", ["env", "GOVERSION"], { env: local, cwd: tmpdir(), timeoutMs: versionTimeoutMs });
}

function build(target: string, env: Environment, progress: Progress): Promise<string> {
  const seen: BuildCounts = { downloaded: 0, compiled: 0, linking: false };
  const linkerFlags = `-s -w -X ${versionVariable}=v${cliVersion}`;
  const flags = ["-v", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", linkerFlags, "-o", target];
  const built = run("go", ["build", ...flags, cliPackage], {
    // A go.work of the user's, somewhere above, has no say in this.
    env: { ...env, GOWORK: "off" },
    cwd: sourceFolder(),
    timeoutMs: buildTimeoutMs,
    isProgress: (line) => countBuildLine(seen, line),
  });
  return progress.during(() => describeBuild(seen), built);
}

export interface BuildCounts {
  downloaded: number;
  compiled: number;
  linking: boolean;
}

/** Counts a line of `go build -v`; answers false where it is neither a download nor a package. */
export function countBuildLine(counts: BuildCounts, line: string): boolean {
  if (line.startsWith("go: downloading ")) counts.downloaded++;
  else if (/^[\w.~/-]+$/.test(line)) {
    counts.compiled++;
    counts.linking ||= line === cliPackage;
  } else return false;
  return true;
}

export function describeBuild({ downloaded, compiled, linking }: BuildCounts): string {
  const parts = [
    downloaded && `${plural(downloaded, "module")} downloaded`,
    compiled && `${plural(compiled, "package")} compiled`,
    linking && "linking",
  ].filter(Boolean);
  return `building the Pulumi CLI ${cliVersion} from its Go module: ${parts.join(", ") || "this takes some minutes, once"}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
