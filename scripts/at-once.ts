/**
 * Runs npm scripts at the same time: `at-once.js SCRIPT… [-- SCRIPT]`. The output of a script is printed when it ends; that
 * of a script after `--` is printed as it comes. All scripts run to their end, also if one fails.
 */
import { spawn } from "node:child_process";

/** Returns whether the script succeeded. */
function runScript(name: string, isShown: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", name], {
      stdio: ["ignore", isShown ? "inherit" : "pipe", isShown ? "inherit" : "pipe"],
      // npm is a batch file on Windows.
      shell: process.platform === "win32",
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => output.push(data));
    child.once("error", (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.once("close", (code) => {
      process.stderr.write(Buffer.concat(output));
      if (code !== 0) console.error(`npm run ${name} failed.`);
      resolve(code === 0);
    });
  });
}

async function main(args: readonly string[]): Promise<void> {
  const separator = args.indexOf("--");
  const hidden = separator < 0 ? args : args.slice(0, separator);
  const shown = separator < 0 ? [] : args.slice(separator + 1);
  const results = await Promise.all([
    ...hidden.map((name) => runScript(name, false)),
    ...shown.map((name) => runScript(name, true)),
  ]);
  if (results.includes(false)) process.exitCode = 1;
}

void main(process.argv.slice(2));
