import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { parse, satisfies } from "semver";
import { describeCli, launcherName, minimumCliVersion, type Way } from "./cli";
import { findExecutable, foldersOnPath } from "./executables";
import { run } from "./run";

const answerWithinMs = 20_000;

/** The user's own CLI, if it is recent enough and complete. */
export const onPath: Way = {
  name: "the PATH",
  async find(env) {
    const folders = foldersOnPath(env);
    const path = findExecutable(folders, "pulumi");
    if (!path) return { because: "there is no pulumi on it", ordinary: true };

    const output = await run(path, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutMs: answerWithinMs,
    });
    const version = parse(output.trim())?.version;
    if (!version || !satisfies(version, `^${minimumCliVersion}`, { includePrerelease: true })) {
      return {
        because: `${path} is version ${version ?? `"${output}"`}, and ${minimumCliVersion} or a later 3.x is needed`,
      };
    }
    // Package managers put links on the PATH and the plugins beside what they point to.
    if (!findExecutable([dirname(path), dirname(realpathSync(path)), ...folders], launcherName)) {
      return { because: `${path} has no ${launcherName} beside it, which dynamic resources need` };
    }
    return describeCli(path, version, "path");
  },
};
