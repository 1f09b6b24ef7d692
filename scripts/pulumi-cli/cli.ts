import { basename, dirname } from "node:path";
import type { Progress } from "../report/progress";

/** The version that is downloaded or built where there is none. The go.mod beside this file requires the same. */
export const cliVersion = "3.259.0";

/** The oldest CLI that the package works with; the peer dependency on @pulumi/pulumi starts at the same version. */
export const minimumCliVersion = "3.226.0";

/** The plugin through which the engine runs dynamic resources; it has to be beside the CLI or on the PATH. */
export const launcherName = "pulumi-resource-pulumi-nodejs";

/** A Pulumi CLI that can run dynamic resources, and where it is. */
export interface PulumiCli {
  /** The executable. */
  path: string;
  /** Its folder. Put first on the PATH, it makes the engine find the plugins that belong to this CLI. */
  binDir: string;
  /**
   * What `PulumiCommand.get({ root })` takes: the folder above `bin`. Undefined for a CLI on the PATH whose
   * folder has another name, for which `get` without a root, that is the PATH, is right.
   */
  root: string | undefined;
  /** Such as "3.259.0". */
  version: string;
  source: "path" | "versions" | "download" | "go";
}

/** Why a way led to no CLI. */
export interface Declined {
  /** A clause that can follow a colon, without a full stop. */
  because: string;
  /** Nothing that a user has to know as long as another way works. */
  ordinary?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** One way to a CLI. What it throws counts as declined. */
export interface Way {
  /** Follows the word "from". */
  name: string;
  find(env: Environment, progress: Progress): Promise<PulumiCli | Declined>;
}

export function describeCli(path: string, version: string, source: PulumiCli["source"]): PulumiCli {
  const binDir = dirname(path);
  return { path, binDir, root: basename(binDir) === "bin" ? dirname(binDir) : undefined, version, source };
}
