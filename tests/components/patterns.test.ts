import { expect } from "chai";
import fc from "fast-check";

import { chosenBy, wrongPatterns } from "../../components/patterns";

const everything = { dots: true };
const plain = { dots: false };

describe("patterns", () => {
  const cases: [string, Parameters<typeof chosenBy>[0], string[], string[]][] = [
    ["a star ends at a slash", { include: ["*.csv"] }, ["a.csv"], ["b/a.csv", "a.txt"]],
    ["two stars do not", { include: ["**/*.csv"] }, ["a.csv", "b/c/a.csv"], ["a.txt"]],
    ["a folder", { include: ["2026/**"] }, ["2026/01/a", "2026/b"], ["2025/a", "x/2026/a"]],
    ["several", { include: ["a/*", "b/*"] }, ["a/1", "b/1"], ["c/1"]],
    ["alternatives", { include: ["*.{csv,parquet}"] }, ["a.csv", "a.parquet"], ["a.json"]],
    ["what is excluded", { include: ["**"], exclude: ["**/_SUCCESS"] }, ["a/b"], ["a/_SUCCESS", "_SUCCESS"]],
    ["exclusion alone", { exclude: ["*.tmp"] }, ["a.csv", "b/x.tmp"], ["a.tmp"]],
    ["an empty list", { include: [] }, [], ["a"]],
    ["an empty exclusion", { exclude: [] }, ["a"], []],
  ];
  for (const [what, patterns, meant, others] of cases) {
    it(`know ${what}`, () => {
      for (const reading of [everything, plain]) {
        expect(meant.filter(chosenBy(patterns, reading))).to.deep.equal(meant);
        expect(others.filter(chosenBy(patterns, reading))).to.deep.equal([]);
      }
    });
  }

  it("mean hidden names only where they are to, and exclude them always", () => {
    const names = [".env", "a/.git/config", "a/b"];
    expect(names.filter(chosenBy({}, everything))).to.deep.equal(names);
    expect(names.filter(chosenBy({}, plain))).to.deep.equal(["a/b"]);
    expect(names.filter(chosenBy({ include: ["**"] }, plain))).to.deep.equal(["a/b"]);
    expect(names.filter(chosenBy({ include: ["**", ".env"] }, plain))).to.deep.equal([".env", "a/b"]);
    expect(names.filter(chosenBy({ exclude: ["**"] }, everything))).to.deep.equal([]);
  });

  it("mean everything when there are none, whatever it is called", () => {
    const name = fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((parts) => parts.join("/"));
    fc.assert(fc.property(name, (key) => chosenBy({}, everything)(key)));
  });

  it("that are none are named", () => {
    expect(wrongPatterns({ include: ["a", ""] })).to.equal('include holds "", which is no pattern.');
    expect(wrongPatterns({ exclude: [""] })).to.match(/^exclude holds/);
    expect(wrongPatterns({ include: ["*"], exclude: [] })).to.equal(undefined);
  });
});
