/**
 * `npm run test:matrix`: the whole test suite on every supported major version of Node, and with the oldest SDK that
 * the peer range admits.
 */
import { spawn } from "node:child_process";
import { dirname, delimiter } from "node:path";

import { installNode } from "./node";
import { packageWithSdk } from "./sdk";

const nodeMajors = [20, 22, 24];
const oldestSdk = "3.212.0";

interface Result {
  what: string;
  /** The runner's closing line. */
  outcome: string;
}

async function main(): Promise<void> {
  const results: Result[] = [];
  for (const major of nodeMajors) {
    const node = await installNode(major);
    results.push({ what: `Node ${major}`, outcome: await runTests(node, process.cwd()) });
  }
  const { folder, remove } = await packageWithSdk(oldestSdk);
  results.push({ what: `@pulumi/pulumi ${oldestSdk}`, outcome: await runTests(process.execPath, folder) });
  await remove();

  console.log("");
  for (const { what, outcome } of results) console.log(`${what.padEnd(24)} ${outcome}`);
  if (results.some(({ outcome }) => !/ 0 failed$/.test(outcome))) process.exitCode = 1;
}

/** Runs all built tests in a folder with that Node first on the PATH, so that npm, mocha and the engine's plugin hosts use it. */
function runTests(node: string, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const mocha = spawn("npm", ["run", "--silent", "test:built"], {
      cwd: folder,
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let last = "";
    mocha.stdout.setEncoding("utf8").on("data", (text: string) => {
      process.stdout.write(text);
      last = (last + text).slice(-1_000);
    });
    mocha.on("error", reject);
    mocha.on("close", () => resolve(/\d+ passed, \d+ failed\s*$/.exec(last)?.[0].trim() ?? "did not end"));
  });
}

void main();
