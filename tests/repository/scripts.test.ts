/** The scripts of package.json, which name every test file, and those of the workflows and the action. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

import { expect } from "chai";
import picomatch from "picomatch";
import { parse } from "yaml";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

const testFiles = readdirSync("tests", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `dist/tests/${name.replaceAll("\\", "/").replace(/ts$/, "js")}`);

/** Tells whether a script runs a file, by the quoted patterns in the script. */
function selectedBy(script: string): (file: string) => boolean {
  return picomatch([...scripts[script]!.matchAll(/"(dist\/tests\/[^"]+)"/g)].map(([, pattern]) => pattern!));
}

describe("the test scripts of package.json", () => {
  it("run every test file with `npm test`", () => {
    const runs = selectedBy("test:built");
    expect(testFiles.filter((file) => !runs(file))).to.deep.equal([]);
  });

  it("have a Mocha that names the build and the compiled file if a test file or the clone is not built", () => {
    const mocha = [require.resolve("mocha/bin/mocha.js"), "--config", resolve(".mocharc.js")];
    for (const [cwd, file, named] of [
      [".", "tests/lib/redact.test.ts", "dist/tests/lib/redact.test.js"],
      [tmpdir(), "dist/tests/lib/redact.test.js", "FILE"],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, [...mocha, file], { cwd, encoding: "utf8" });
      expect(status).to.equal(1);
      expect(stderr).to.contain("`npm run build`").and.contain(`\`npx mocha ${named}\``);
    }
  });

  it("put every test file into exactly one suite", () => {
    const large = ["emulator", "clients", "engine", "languages", "package", "reliability", "benchmark"];
    const suites = ["unit", ...large];
    const selectors = suites.map((suite) => selectedBy(`test:${suite}`));
    const countSuites = (file: string) => selectors.filter((runs) => runs(file)).length;
    expect(testFiles.filter((file) => countSuites(file) !== 1)).to.deep.equal([]);
  });
});

describe("the workflows and action.yml", () => {
  const workflows = readdirSync(".github/workflows").map((file) => `.github/workflows/${file}`);
  const files = ["action.yml", "examples/ci/github-actions.yml", ...workflows];

  it("pin each action to a commit", () => {
    for (const file of [...files, "examples/nightly/README.md"]) {
      const lines = readFileSync(file, "utf8").match(/uses: .*/g) ?? [];
      for (const line of lines.filter((used) => !/ pulumi-dataexchange\/| \.\//.test(used)))
        expect(line).to.match(/^uses: [\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  for (const file of files) {
    it(`have shell scripts that Bash parses in ${file}`, () => {
      const runs: string[] = [];
      JSON.stringify(parse(readFileSync(file, "utf8")), (key, value: unknown) => {
        if (key === "run" && typeof value === "string") runs.push(value.replace(/\$\{\{.*?\}\}/g, "x"));
        return value;
      });
      expect(runs).not.to.deep.equal([]);
      for (const script of runs) expect(spawnSync("bash", ["-n", "-c", script]).status, script).to.equal(0);
    });
  }

  it("publish only after the tests of the same commit", () => {
    const { jobs } = parse(readFileSync(".github/workflows/release.yml", "utf8")) as {
      jobs: Record<string, { uses?: string; needs?: string | string[] }>;
    };
    const { test, release, ...others } = jobs;
    expect(test!.uses).to.equal("./.github/workflows/ci.yml");
    expect(release!.needs).to.equal("test");
    expect(Object.keys(others)).to.have.members(["executable", "plugin", "python"]);
    for (const { needs } of Object.values(others)) expect([needs].flat()).to.include("release");
  });
});
