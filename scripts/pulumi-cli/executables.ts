import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Environment } from "./cli";

const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];

/** The path of an executable in the first of the folders that has it. */
export function findExecutable(folders: readonly string[], name: string): string | undefined {
  return folders
    .flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix)))
    .find(isExecutable);
}

export function foldersOnPath(env: Environment): string[] {
  return (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
