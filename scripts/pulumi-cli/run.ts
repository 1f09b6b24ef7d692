import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Environment } from "./cli";

export interface RunOptions {
  env: Environment;
  timeoutMs: number;
  cwd?: string;
  /** What an error calls the program. Default: the command. */
  name?: string;
  /** Takes a line of standard error as progress, or leaves it, as a possible explanation of a failure. */
  isProgress?: (line: string) => boolean;
}

/** How much of what a failed program said is worth repeating. */
const linesOfExplanation = 3;

/** Runs a program without input and answers with its output; a failure is an error that quotes its last words. */
export async function run(command: string, args: string[], options: RunOptions): Promise<string> {
  const { env, cwd, timeoutMs: timeout, name = command, isProgress = () => false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...env }, cwd, timeout, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const words: string[] = [];
    createInterface(child.stdout).on("line", (line) => output.push(line));
    createInterface(child.stderr).on("line", (line) => {
      if (line.trim() && !isProgress(line)) words.push(line.trim());
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output.join("\n"));
      const cut = child.killed ? `took longer than ${timeout / 1000} s` : `was ended by ${signal}`;
      const end = signal ? cut : `ended with exit code ${code}`;
      const said = words
        .slice(-linesOfExplanation)
        .join(" ")
        .replace(/[.\s]+$/, "");
      reject(new Error(`${name} ${end}${said && `, saying: ${said}`}`));
    });
  });
}
