import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect } from "chai";

describe("scripts that run at once", () => {
  const script = resolve("dist/scripts/at-once.js");
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "at-once-"));
    const scripts = { good: "echo done", bad: "echo broken && exit 3" };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });

  it("succeed if each of them succeeds", () => {
    const { status, stdout } = run("good", "--", "good");
    expect([status, stdout.trim()]).to.deep.equal([0, "done"]);
  });

  for (const args of [
    ["bad", "--", "good"],
    ["good", "--", "bad"],
    ["missing", "good"],
  ]) {
    it(`fail as ${args.join(" ")}, and name the one that failed`, () => {
      const { status, stderr } = run(...args);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^npm run (bad|missing) failed\.$/m);
    });
  }

  it("show what a failed one printed", () => {
    expect(run("bad").stderr).to.contain("broken");
  });
});
