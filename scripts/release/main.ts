/** `npm run release:plugin`: the files of a release, besides the npm package. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseCommand } from "../parse-command";
import { generateSdks } from "../sdk-generator/main";
import { readFolder, tarGz } from "./archive";

const help = `npm run release:plugin -- [PART…] [--out FOLDER]

Writes the files of a release to FOLDER, which is release by default. The parts:

  plugin     The plugin for each platform, under the names that \`pulumi plugin install\` expects.
  sdks       The SDKs of Python, Node.js and Go. Needs Go.
  checksums  SHA256SUMS, with the checksums of all files in FOLDER.

Without a PART, all of them.
`;

const parts = [
  { name: "plugin", write: writePlugin },
  { name: "sdks", write: writeSdks },
  { name: "checksums", write: writeChecksums },
] as const;

/** Of the plugin, by the names of Go. The archives of all are the same, because the plugin runs on Node.js. */
export const platforms = ["linux", "darwin", "windows"].flatMap((os) =>
  ["amd64", "arm64"].map((arch) => `${os}-${arch}`),
);

const checksums = "SHA256SUMS";

export async function readVersion(): Promise<string> {
  return (JSON.parse(await readFile("package.json", "utf8")) as { version: string }).version;
}

export async function writePlugin(out: string): Promise<void> {
  const license = { name: "LICENSE", bytes: await readFile("LICENSE"), executable: false };
  const archive = tarGz([license, ...(await readFolder("plugin"))]);
  const version = await readVersion();
  for (const platform of platforms)
    await writeFile(join(out, `pulumi-resource-dataexchange-v${version}-${platform}.tar.gz`), archive);
}

async function writeSdks(out: string): Promise<void> {
  const version = await readVersion();
  const folder = await mkdtemp(join(tmpdir(), "sdks-"));
  try {
    for (const sdk of await generateSdks({ out: folder })) {
      const name = `pulumi-dataexchange-sdk-${sdk.split(/[\\/]/).at(-1)}-v${version}`;
      await writeFile(join(out, `${name}.tar.gz`), tarGz(await readFolder(sdk, `${name}/`)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the format of `sha256sum`. */
export async function writeChecksums(out: string): Promise<void> {
  const names = (await readdir(out)).filter((name) => name !== checksums).sort();
  const lines = names.map(async (name) => {
    const sum = createHash("sha256").update(await readFile(join(out, name)));
    return `${sum.digest("hex")}  ${name}\n`;
  });
  await writeFile(join(out, checksums), (await Promise.all(lines)).join(""));
}

async function main(): Promise<void> {
  const command = parseCommand(help, parts, { out: { type: "string", default: "release" } });
  if (!command) return;
  const { out } = command.values;
  await mkdir(out, { recursive: true });
  for (const { write } of command.chosen) await write(out);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
