/** The bundle of the native plugin: its modules and those of its packages in one file, which needs no node_modules. */
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Metafile, Plugin } from "esbuild";
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

/**
 * Writes the bundle to a file, or nothing without one. What is imported later, such as Pulumi's SDK for components, is part of
 * the file, and runs when it is imported.
 */
export const bundlePlugin = (outfile?: string): Promise<{ metafile: Metafile }> =>
  build({
    entryPoints: ["provider/plugin/main.ts"],
    outfile: outfile ?? "main.cjs",
    write: outfile !== undefined,
    bundle: true,
    format: "cjs",
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
  });

/** Writes the bundle with the schema and the licenses of its packages. */
export async function buildPlugin(target = bundleFolder): Promise<void> {
  const staging = `${target}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  try {
    const { metafile } = await bundlePlugin(join(staging, "main.cjs"));
    await copyFile("schema.json", join(staging, "schema.json"));
    await writeFile(join(staging, "LICENSES.txt"), await thirdPartyLicenses(Object.keys(metafile.inputs)));
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
