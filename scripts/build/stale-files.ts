import { readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import ts from "typescript";

/** Removes files from `dist` whose sources are gone, because they would be packed and their tests would run. */
export function removeStaleFiles(): void {
  const config = ts.getParsedCommandLineOfConfigFile("tsconfig.json", undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  });
  const outputs = new Set(
    config!.fileNames
      .filter((name) => !name.endsWith(".d.ts"))
      .flatMap((name) => ts.getOutputFileNames(config!, name, false))
      .map((name) => resolve(name)),
  );
  outputs.add(resolve(config!.options.tsBuildInfoFile!));
  for (const entry of readdirSync(resolve("dist"), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !outputs.has(path)) rmSync(path);
  }
}
