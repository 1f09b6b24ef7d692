/**
 * `npm run test:matrix`: the tests on every supported major version of Node, and with the oldest supported SDK; and the
 * executable of the plugin.
 */
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const nodeMajors = [20, 22, 24];
/** The lower bound of the peer dependency. */
const oldestSdk = "3.212.0";

interface Result {
  environment: string;
  /** The last line of the test report. */
  outcome: string;
}

async function main(): Promise<void> {
  const results: Result[] = [];
  for (const major of nodeMajors) {
    const node = await installNode(major);
    results.push({ environment: `Node ${major}`, outcome: await runTests(node, process.cwd()) });
  }
  const { folder, remove } = await packageWithSdk(oldestSdk);
  results.push({
    environment: `@pulumi/pulumi ${oldestSdk}`,
    // The plugin contains the SDK that it is built with, so its modules do not run with another one.
    outcome: await runTests(process.execPath, folder, "--ignore", "dist/tests/provider/plugin/**"),
  });
  await remove();
  results.push({ environment: "Executable", outcome: await buildExecutable() });

  console.log("");
  for (const { environment, outcome } of results) console.log(`${environment.padEnd(24)} ${outcome}`);
  if (results.some(({ outcome }) => !/ 0 failed$/.test(outcome))) process.exitCode = 1;
}

/** Runs all built tests with `node` first on the PATH, so that npm, mocha and the engine's plugin hosts use it. */
function runTests(node: string, folder: string, ...options: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const mocha = spawn("npm", ["run", "--silent", "test:built", "--", ...options], {
      cwd: folder,
      env: {
        ...process.env,
        // Also runs programs in languages that are compiled.
        EVERY_LANGUAGE: "1",
        PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let tail = "";
    mocha.stdout.setEncoding("utf8").on("data", (text: string) => {
      process.stdout.write(text);
      tail = (tail + text).slice(-1_000);
    });
    mocha.on("error", reject);
    mocha.on("close", () => resolve(/\d+ passed, \d+ failed\s*$/.exec(tail)?.[0].trim() ?? "did not end"));
  });
}

/** Builds the executable of the plugin with the Node that the release uses, and starts it. */
async function buildExecutable(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-executable-"));
  try {
    await run(await installNode(26), [join("dist", "scripts", "release", "executable.js"), "--out", out]);
    return "1 passed, 0 failed";
  } catch (error) {
    console.error(error);
    return "0 passed, 1 failed";
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** The path of a major version of Node, from the npm package for this platform. */
async function installNode(major: number): Promise<string> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(tmpdir(), `pulumi-dataexchange-node-${major}`);
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, `${name}@${major}`]);
  return join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** A copy of the built package with its dependencies, except another version of the Pulumi SDK. */
async function packageWithSdk(version: string): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-sdk-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  for (const entry of await readdir(".")) {
    if (entry !== ".git" && entry !== "node_modules") {
      await cp(entry, join(folder, entry), { recursive: true });
    }
  }
  // Early versions do not admit the TypeScript that compiled the package.
  const options = ["--no-save", "--legacy-peer-deps", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...options, `@pulumi/pulumi@${version}`], { cwd: folder });
  return { folder, remove };
}

void main();
