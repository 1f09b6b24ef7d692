import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The binary of a major version of Node, from the npm package that carries it for this platform. */
export async function installNode(major: number): Promise<string> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(tmpdir(), `pulumi-dataexchange-node-${major}`);
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, `${name}@${major}`]);
  return join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}
