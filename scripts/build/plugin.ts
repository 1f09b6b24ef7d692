/** The bundle of the native plugin: its modules and those of its packages in a few files, which need no node_modules. */
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { build } from "esbuild";

import { thirdPartyLicenses } from "./licenses";

/** Where the launchers find the bundle. */
export const bundleFolder = join("plugin", "bundle");

/** Pulumi's SDK imports these to turn functions of programs into text. No code of the plugin does. */
const unused: Plugin = {
  name: "unused",
  setup(build) {
    build.onResolve({ filter: /^(typescript|@npmcli\/arborist|normalize-package-data)$/ }, ({ path }) => ({
      path,
      namespace: "unused",
    }));
    build.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

const common = {
  entryPoints: ["provider/plugin/main.ts"],
  bundle: true,
  platform: "node",
  target: "node20.19",
  // An import of a CommonJS module at run time has no named exports.
  mainFields: ["module", "main"],
  // Names stay, because stack traces show them.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "eof",
  metafile: true,
  plugins: [unused],
  logLevel: "warning",
  // The plugin passes these modules to the client of the engine.
  logOverride: { "require-resolve-not-external": "silent" },
} as const satisfies BuildOptions;

/** What CommonJS packages expect of their module. */
const commonJs = `
import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);
const { dirname: __dirname, filename: __filename } = import.meta;
`;

/**
 * One file for the start, and one for each part that is imported later. They share modules, because two copies of a module
 * would have two states. Without a folder, nothing is written.
 */
export const bundlePlugin = (outdir?: string): Promise<{ metafile: Metafile }> =>
  build({
    ...common,
    outdir: outdir ?? bundleFolder,
    write: outdir !== undefined,
    format: "esm",
    splitting: true,
    outExtension: { ".js": ".mjs" },
    banner: { js: commonJs },
  });

/** One file, because an executable of Node.js contains one. */
export const bundleExecutable = (outfile: string): Promise<unknown> =>
  build({ ...common, outfile, format: "cjs" });

/** Writes the bundle with the schema and the licenses of its packages. */
export async function buildPlugin(target = bundleFolder): Promise<void> {
  const staging = `${target}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  try {
    const { metafile } = await bundlePlugin(staging);
    await copyFile("schema.json", join(staging, "schema.json"));
    await writeFile(join(staging, "LICENSES.txt"), await thirdPartyLicenses(Object.keys(metafile.inputs)));
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
