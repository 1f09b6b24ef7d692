import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { differences } from "./host-differences";

const folder = join("tests", "engine");

/** Sources of the tests on the engine. */
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n");

const guide = readFileSync(join("docs", "how-to-guides", "move-to-the-plugin.md"), "utf8");

describe("the table of what differs between the providers", () => {
  for (const name of Object.keys(differences)) {
    it(`has a test that names the row ${name}`, () => {
      const ways = [`host.differs("${name}", `, `host.only("plugin", "${name}", `, `host.setting(`];
      expect(ways.slice(0, name === "settings" ? 3 : 2).some((way) => sources.includes(way))).to.equal(true);
    });
  }

  it("is the table of the guide", () => {
    const [, section] = /^## What differs$([^]*?)^## /m.exec(guide)!;
    const rows = [...section!.matchAll(/^\|(.*)\|(.*)\|(.*)\|$/gm)].map((cells) =>
      cells.slice(1).map((cell) => cell.trim()),
    );
    const expected = Object.values(differences).map(({ dynamic, plugin, because }) => [
      dynamic,
      plugin,
      because,
    ]);
    expect(rows.slice(2)).to.deep.equal(expected);
  });
});
