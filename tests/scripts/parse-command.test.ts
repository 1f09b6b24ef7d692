import { spawnSync } from "node:child_process";

import { expect } from "chai";

import { parseCommand } from "../../scripts/parse-command";

describe("parseCommand", () => {
  const items = [{ name: "one" }, { name: "two" }];
  const parse = (...args: string[]) =>
    parseCommand("help", items, { out: { type: "string", default: "a.json" } }, args);

  it("selects the named items, or all", () => {
    expect(parse("two", "--out", "b.json")).to.deep.include({
      chosen: [items[1]],
      values: { out: "b.json" },
    });
    expect(parse()).to.deep.include({ chosen: items, values: { out: "a.json" } });
  });

  for (const [script, argument, status] of [
    ["benchmark", "--help", 0],
    ["benchmark", "--unknown", 2],
    ["reliability", "--host=unknown", 2],
  ] as const) {
    it(`ends ${script} ${argument} with the help and exit code ${status}`, () => {
      const run = spawnSync(process.execPath, [`dist/tests/${script}/main.js`, argument], {
        encoding: "utf8",
      });
      expect(run.status).to.equal(status);
      expect(run.stdout + run.stderr).to.contain("Usage: npm run");
    });
  }
});
