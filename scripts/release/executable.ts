/**
 * `npm run release:executable`: the plugin with Node.js in one executable, for machines without Node.js. It is for the
 * platform that this runs on, because only that one can sign it and try it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { satisfies } from "semver";

import { bundlePlugin } from "../build/plugin";
import { run } from "../run-program";
import { readFolder, tarGz } from "./archive";
import { readVersion } from "./main";

const operatingSystem = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string];
const architecture = { x64: "amd64", arm64: "arm64" }[process.arch as string];

const suffix = process.platform === "win32" ? ".exe" : "";
const program = `pulumi-resource-dataexchange${suffix}`;

/** The first with `--build-sea`. */
const minVersion = "25.5.0";

/** Milliseconds. */
const buildTimeout = 5 * 60_000;
const startTimeout = 60_000;

/** Writes the archive and returns its path. */
export async function writeExecutable(out: string): Promise<string> {
  if (!satisfies(process.versions.node, `>=${minVersion}`))
    throw new Error(`Node.js ${minVersion} or later builds executables. This is ${process.versions.node}.`);
  const folder = await mkdtemp(join(tmpdir(), "executable-"));
  const content = join(folder, "content");
  const execute = (command: string, args: string[]) =>
    run(command, args, { env: process.env, timeoutMs: buildTimeout, cwd: folder });
  try {
    await mkdir(content);
    await bundlePlugin(join(folder, "main.cjs"));
    const settings = {
      main: "main.cjs",
      output: join(content, program),
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
    };
    await writeFile(join(folder, "sea.json"), JSON.stringify(settings));
    await execute(process.execPath, ["--build-sea", "sea.json"]);
    if (process.platform === "darwin") await execute("codesign", ["--sign", "-", settings.output]);
    for (const file of ["schema.json", "LICENSES.txt"])
      await copyFile(join("plugin", "bundle", file), join(content, file));
    await copyFile("LICENSE", join(content, "LICENSE"));
    await copyFile(nodeLicense(), join(content, "LICENSE-Node.js"));
    await start(settings.output);
    const name = `pulumi-resource-dataexchange-standalone-v${await readVersion()}-${operatingSystem}-${architecture}`;
    const path = join(out, `${name}.tar.gz`);
    await mkdir(out, { recursive: true });
    await writeFile(path, tarGz(await readFolder(content)));
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nodeLicense(): string {
  const folder = dirname(process.execPath);
  const path = [folder, dirname(folder)]
    .map((found) => join(found, "LICENSE"))
    .find((file) => existsSync(file));
  if (!path)
    throw new Error(`There is no LICENSE beside ${process.execPath}, which the archive must contain.`);
  return path;
}

/** Resolves when the plugin has printed its port. */
async function start(path: string): Promise<void> {
  const plugin = spawn(path, ["127.0.0.1:1"], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: startTimeout,
  });
  const lines: string[] = [];
  createInterface(plugin.stdout).on("line", (line) => {
    lines.push(line);
    plugin.kill();
  });
  await new Promise((resolve, reject) => plugin.on("error", reject).on("close", resolve));
  if (!/^\d+$/.test(lines[0] ?? "")) throw new Error(`${path} does not start.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string", default: "release" } } });
  console.log(await writeExecutable(values.out));
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
