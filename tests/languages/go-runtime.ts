/** Programs in Go. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { goBuild } from "../../scripts/go-build";
import { progressOn } from "../../scripts/progress";
import { cachedSdk } from "../../scripts/sdk-generator/main";
import { run } from "../../scripts/run-program";
import { writeText } from "../harness/folder";
import type { ProgramHost } from "./program-host";
import { programHost } from "./program-host";

const timeoutMs = 10 * 60_000;

/** Builds the program of a folder with the generated package where `pulumi install` puts it, and type-checks others there. */
export async function goProgram(folder: string, others: readonly string[] = []): Promise<ProgramHost> {
  const { env } = process;
  const root = await mkdtemp(join(tmpdir(), "go-program-"));
  await cp(folder, root, { recursive: true });
  await cp(await cachedSdk("go"), join(root, "sdks", "dataexchange"), { recursive: true });
  const target = join(root, "program");
  const progress = progressOn(process.stderr);
  // The modules that a program needs are those that the SDK of Pulumi names.
  await goBuild({ subject: folder, source: ".", target, root, completesModule: true, env, progress });
  if (others.length > 0) {
    for (const [index, text] of others.entries())
      await writeText(join(root, "others", `${index}`, "main.go"), text);
    await run("go", ["vet", "-mod=mod", "./others/..."], { env, cwd: root, timeoutMs });
  }
  const host = await programHost(target);
  const stop = async () => {
    await host.stop();
    await rm(root, { recursive: true, force: true });
  };
  return { ...host, stop };
}
