/** Finds programs on this machine and runs them. */
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  env: Environment;
  timeoutMs: number;
  cwd?: string;
  /** The program's name in error messages. Default: the command. */
  name?: string;
  /** Returns whether a line of standard error is progress. The error of a failed program quotes only other lines. */
  isProgress?: (line: string) => boolean;
}

/** Maximum number of lines that the error of a failed program quotes. */
const maxExplanationLines = 3;

/** Runs a program without input and returns its output. If it fails, throws an error that quotes its last lines. */
export async function run(command: string, args: string[], options: RunOptions): Promise<string> {
  const { env, cwd, timeoutMs: timeout, name = command, isProgress = () => false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...env }, cwd, timeout, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const explanation: string[] = [];
    createInterface(child.stdout).on("line", (line) => output.push(line));
    createInterface(child.stderr).on("line", (line) => {
      if (line.trim() && !isProgress(line)) explanation.push(line.trim());
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output.join("\n"));
      const ending = child.killed ? `took longer than ${timeout / 1000} s` : `was killed by ${signal}`;
      const quoted = explanation
        .slice(-maxExplanationLines)
        .join(" ")
        .replace(/[.\s]+$/, "");
      reject(
        new Error(`${name} ${signal ? ending : `ended with exit code ${code}`}${quoted && `: ${quoted}`}`),
      );
    });
  });
}

const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];

/** The path of the executable in the first folder that has it. */
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
