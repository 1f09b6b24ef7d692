/** The language host that runs programs in YAML. The official CLI brings it; a CLI that was built with Go does not. */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { PulumiCli } from "../find-pulumi";
import { checkGo, goBuild } from "../go-build";
import type { Progress } from "../progress";
import { progressOn } from "../progress";
import type { Environment } from "../run-program";
import { findExecutable } from "../run-program";

const name = "pulumi-language-yaml";

/** In the sources. Its go.mod pins the version, because the host does not compile with the modules of the CLI. */
const moduleFolder = resolve(__dirname, "../../../scripts/languages/yaml-host");

/**
 * Builds the host beside the CLI unless it is there, because the engine warns about one elsewhere on the PATH. Throws the
 * reason, as a clause without a full stop, if it cannot be built.
 */
export async function ensureYamlHost(
  cli: PulumiCli,
  env: Environment = process.env,
  progress: Progress = progressOn(process.stderr),
): Promise<void> {
  if (findExecutable([cli.binDir], name)) return;
  await checkGo(env);
  // Beside the target, because a rename is atomic only within one file system.
  const staging = await mkdtemp(join(dirname(cli.binDir), `${name}-`));
  try {
    const target = join(staging, name);
    const source = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
    await goBuild({ subject: name, source, target, root: moduleFolder, env, progress });
    await rename(target, join(cli.binDir, name));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
