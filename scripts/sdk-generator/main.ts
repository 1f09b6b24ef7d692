/** `npm run sdk`: the SDKs of the native plugin, generated from `schema.json`. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { cliVersion, findPulumi } from "../find-pulumi";
import { checkGo, goBuildWithCli } from "../go-build";
import { parseCommand } from "../parse-command";
import type { Progress } from "../progress";
import { progressOn } from "../progress";
import type { Environment } from "../run-program";
import { findExecutable, run } from "../run-program";
import { cachedFolder } from "../user-cache";

const help = `npm run sdk -- [LANGUAGE…] [--out FOLDER]

Generates the SDKs of the plugin from schema.json: python, nodejs and go, or those that are named. Each is written to a
folder of FOLDER with the name of its language. FOLDER is sdk by default. Needs Go.

For C# and Java, use the Pulumi CLI: pulumi package gen-sdk ./schema.json --language java
`;

const languages = [{ name: "python" }, { name: "nodejs" }, { name: "go" }] as const;

export type SdkLanguage = (typeof languages)[number]["name"];

/** In the sources, because the compiler does not copy it to dist. */
const generator = resolve(__dirname, "../../../scripts/sdk-generator/main.go");

const generationTimeoutMs = 60_000;

export interface SdkOptions {
  /** Default: all. */
  languages?: readonly SdkLanguage[];
  /** Gets one folder for each language. */
  out: string;
  /** Default: that of this repository. */
  schema?: string;
  /** Default: the environment of this process. */
  env?: Environment;
  /** Default: on standard error. */
  progress?: Progress;
}

/** Builds the generator, which takes seconds if the Pulumi CLI was built here, and generates the SDKs. Returns their folders. */
export async function generateSdks(options: SdkOptions): Promise<string[]> {
  const { out, schema = "schema.json", env = process.env, progress = progressOn(process.stderr) } = options;
  const names = options.languages ?? languages.map(({ name }) => name);
  const targets = names.map((name) => ({ name, folder: resolve(out, name) }));
  for (const { folder } of targets) await checkEmpty(folder);
  await checkGo(env).catch((error: Error) => {
    throw new Error(`The SDK generator cannot be built: ${error.message}.`);
  });
  const root = await mkdtemp(join(tmpdir(), "sdk-generator-"));
  try {
    const executable = join(root, "sdk-generator");
    const subject = "the SDK generator";
    const build = { subject, source: generator, target: executable, root, env, progress };
    await goBuildWithCli(cliVersion, build);
    for (const { name, folder } of targets)
      await run(executable, [resolve(schema), name, folder], { env, timeoutMs: generationTimeoutMs });
    return targets.map(({ folder }) => folder);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** An SDK that is generated once and kept outside the repository. Returns its folder. */
export async function cachedSdk(language: SdkLanguage, env: Environment = process.env): Promise<string> {
  const schema = resolve("schema.json");
  const key = [cliVersion, await readFile(schema), await readFile(generator)];
  const fill = async (out: string): Promise<void> => {
    if (!(await generateByCli(language, schema, out, env)))
      await generateSdks({ languages: [language], out, schema, env });
  };
  return join(await cachedFolder({ name: `sdk-${language}`, key, env, fill }), language);
}

/** The official CLI has a host for each language, which generates its SDK. A CLI that was built with Go has none. */
async function generateByCli(
  language: SdkLanguage,
  schema: string,
  out: string,
  env: Environment,
): Promise<boolean> {
  const { path, binDir } = await findPulumi({ env });
  if (!findExecutable([binDir], `pulumi-language-${language}`)) return false;
  const args = ["package", "gen-sdk", schema, "--language", language, "--out", out];
  await run(path, args, { env, timeoutMs: generationTimeoutMs, name: "pulumi package gen-sdk" });
  return true;
}

/** The generator deletes no files of an earlier SDK. */
async function checkEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length > 0) throw new Error(`${folder} is not empty. Delete it, or choose another --out.`);
}

async function main(): Promise<void> {
  const command = parseCommand(help, languages, { out: { type: "string", default: "sdk" } });
  if (!command) return;
  const { chosen, values } = command;
  for (const folder of await generateSdks({ languages: chosen.map(({ name }) => name), out: values.out }))
    console.log(folder);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
