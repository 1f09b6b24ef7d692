import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a copy of the repository does without, or has of its own. */
const left = new Set([".git", "node_modules"]);

/** A copy of this package, as it is built, beside another version of the Pulumi SDK. */
export async function packageWithSdk(
  version: string,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-sdk-"));
  const sdk = join(folder, "sdk");
  const modules = join(folder, "package", "node_modules");
  await mkdir(sdk);
  await mkdir(modules, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", sdk, `@pulumi/pulumi@${version}`]);
  for (const part of await readdir(".")) {
    if (!left.has(part)) await cp(part, join(folder, "package", part), { recursive: true });
  }
  for (const name of await readdir("node_modules")) {
    const from =
      name === "@pulumi" ? join(sdk, "node_modules", name) : join(process.cwd(), "node_modules", name);
    await symlink(from, join(modules, name));
  }
  return { folder: join(folder, "package"), remove: () => rm(folder, { recursive: true, force: true }) };
}
