import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** This folder as it is in the sources: the compiler takes neither go.mod nor the launcher along to dist. */
export function sourceFolder(): string {
  for (let root = __dirname; root !== dirname(root); root = dirname(root)) {
    const folder = join(root, "scripts", "pulumi-cli");
    if (existsSync(join(folder, "go.mod"))) return folder;
  }
  throw new Error(`the folder scripts/pulumi-cli of the sources is nowhere above ${__dirname}`);
}
