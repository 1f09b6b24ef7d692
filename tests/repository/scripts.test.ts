/** The scripts of package.json name every test file, so that `npm test` leaves out no file. */
import { readdirSync, readFileSync } from "node:fs";

import { expect } from "chai";
import picomatch from "picomatch";

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

  it("put every test file into exactly one suite", () => {
    const suites = ["unit", "emulator", "clients", "engine", "package", "reliability", "benchmark"];
    const selectors = suites.map((suite) => selectedBy(`test:${suite}`));
    const countSuites = (file: string) => selectors.filter((runs) => runs(file)).length;
    expect(testFiles.filter((file) => countSuites(file) !== 1)).to.deep.equal([]);
  });
});
