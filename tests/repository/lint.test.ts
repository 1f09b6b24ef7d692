/** `npm run lint`, beside the other tests: it takes one core for most of a minute. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

import { expect } from "chai";

/** The command of an installed package, run in the repository. */
function check(name: string, command: string, ...args: string[]): void {
  const program = join(dirname(require.resolve(`${name}/package.json`)), command);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  expect(status, stdout + stderr).to.equal(0);
}

describe("the repository", function () {
  this.timeout("5m");

  it("passes eslint", () => check("eslint", "bin/eslint.js", "."));
  it("is formatted as prettier does it", () => check("prettier", "bin/prettier.cjs", "--check", "."));
});
