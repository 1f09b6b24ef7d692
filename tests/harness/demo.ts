import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect } from "chai";

/** Runs `npm run demo` to its end. Returns false if this machine has no Python for it. */
export async function expectDemo(language: string): Promise<boolean> {
  const run = promisify(execFile)(process.execPath, ["--no-warnings", "dist/tests/demo/main.js", language]);
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  if (stdout.includes("cannot run here: there is no python3")) return false;
  expect(stderr, stdout.slice(-2_000)).not.to.match(/error|warning/i);
  // The demo wraps lines to the width of the terminal.
  const output = stdout.replaceAll(/\s+/g, " ");
  const [, jobs] = /(\d+) jobs, each created once and run once\./.exec(output) ?? [];
  expect(Number(jobs)).to.be.greaterThan(1);
  expect(output.match(/ (COMPLETED|ERROR|CANCELLED|TIMED_OUT) once\b/g)).to.have.length(Number(jobs));
  expect(output).to.contain("Everything was removed.");
  return true;
}
