/** Compiles programs that use this package as built in `dist`. */
import { join } from "node:path";

import ts from "typescript";

const root = process.cwd();
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node20,
  types: ["node"],
  paths: { "pulumi-dataexchange": [join(root, "dist/index.d.ts")] },
};

/** The messages about each of `programs`, which share one compilation. */
export function compilerSays(programs: readonly string[]): string[] {
  const files = new Map(programs.map((text, index) => [join(root, `program-${index}.ts`), text]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, target) => {
      const text = files.get(path);
      return text === undefined ? disk.getSourceFile(path, target) : ts.createSourceFile(path, text, target);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
      .join("\n"),
  );
}
