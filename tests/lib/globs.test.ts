import { expect } from "chai";
import fc from "fast-check";
import ignore from "ignore";

import type { GlobPatterns } from "../../lib/globs";
import { GlobFilter } from "../../lib/globs";

const select = (patterns: GlobPatterns, names: readonly string[]): string[] => {
  const filter = new GlobFilter(patterns);
  return names.filter((name) => filter.matches(name));
};

const compile = (patterns: GlobPatterns) => () => new GlobFilter(patterns);

describe("GlobFilter", () => {
  const cases: [rule: string, patterns: GlobPatterns, selected: string[], others: string[]][] = [
    ["ends a star at a slash", { include: ["*.csv"] }, ["a.csv"], ["b/a.csv", "a.txt"]],
    ["matches any folders with two stars", { include: ["**/*.csv"] }, ["a.csv", "b/c/a.csv"], ["a.txt"]],
    [
      "selects a folder by two stars",
      { include: ["2026/**"] },
      ["2026/01/a", "2026/b"],
      ["2025/a", "x/2026/a"],
    ],
    ["selects a folder by its slash", { include: ["2026/"] }, ["2026/01/a", "2026/b"], ["2026", "x/2026/a"]],
    ["accepts several patterns", { include: ["a/*", "b/*"] }, ["a/1", "b/1"], ["c/1"]],
    ["accepts alternatives", { include: ["*.{csv,parquet}"] }, ["a.csv", "a.parquet"], ["a.json"]],
    [
      "excludes names by a pattern of exclude",
      { include: ["**"], exclude: ["**/_SUCCESS"] },
      ["a/b"],
      ["a/_SUCCESS", "_SUCCESS"],
    ],
    ["selects everything else without include", { exclude: ["*.tmp"] }, ["a.csv", "b/x.tmp"], ["a.tmp"]],
    ["selects nothing for an empty list", { include: [] }, [], ["a"]],
    ["excludes nothing for an empty list", { exclude: [] }, ["a"], []],
    [
      "excludes names by an entry with !",
      { include: ["*.csv", "!x.csv"] },
      ["a.csv"],
      ["x.csv", "a.txt", ".env"],
    ],
    ["accepts a negative extended glob", { include: ["!(x).csv"] }, ["a.csv"], ["x.csv", ".env.csv"]],
    ["ignores / or ./ at the start", { include: ["/a/*", "./b/*"] }, ["a/1", "b/1"], ["c/a/1"]],
    ["excludes a folder anywhere", { exclude: ["drafts/"] }, ["a", "drafts"], ["drafts/b", "x/drafts/y/b"]],
    ["excludes a folder at the top", { exclude: ["/drafts/"] }, ["x/drafts/b"], ["drafts/b"]],
    ["excludes a name at the top", { exclude: ["drafts"] }, ["x/drafts/b"], ["drafts/b", "drafts"]],
    ["treats line breaks as characters", { exclude: ["**/x*"] }, ["a\nb"], ["x\n.csv", "a/x\nb"]],
  ];
  for (const [rule, patterns, selected, others] of cases) {
    it(rule, () => expect(select(patterns, [...selected, ...others])).to.deep.equal(selected));
  }

  it("selects hidden names only by patterns that contain the dot, and excludes them by any", () => {
    const names = [".env", "a/.git/config", "a/b"];
    expect(select({}, names)).to.deep.equal(["a/b"]);
    expect(select({ include: ["**"] }, names)).to.deep.equal(["a/b"]);
    expect(select({ include: ["**", ".env"] }, names)).to.deep.equal([".env", "a/b"]);
    expect(select({ include: ["a/.git/"] }, names)).to.deep.equal(["a/.git/config"]);
    expect(select({ include: ["**", ".*"], exclude: ["**"] }, names)).to.deep.equal([]);
  });

  it("treats a name as hidden even if the prefix cuts off its leading dot", () => {
    const filter = new GlobFilter({ include: ["*.csv"] });
    expect(filter.matches(".csv", "prices.csv")).to.equal(true);
    expect(filter.matches(".csv", ".csv")).to.equal(false);
  });

  it("rejects patterns that cannot match a name, with their path", () => {
    for (const pattern of ["/", "./", ".", "../a", "a/../b", "a/./b", "drafts\\b.csv", "!!a"])
      expect(compile({ include: ["*", pattern] }), pattern)
        .to.throw(/^include\[1\] /)
        .with.property("code", "unmatchable-pattern");
    const rejected: [code: string, patterns: GlobPatterns][] = [
      ["unmatchable-pattern", { exclude: ["*.csv", "!keep.csv"] }],
      ["invalid-pattern", { include: ["*", ""] }],
      ["only-negated-patterns", { include: ["!secret.csv"] }],
    ];
    for (const [code, patterns] of rejected) expect(compile(patterns)).to.throw().with.property("code", code);
    expect(compile({ include: ["*"], exclude: [] })).not.to.throw();
  });

  it("warns of patterns that matched nothing, even if another pattern decided", () => {
    const filter = new GlobFilter({
      include: ["**", "*.csv", "*.xml", "!x/"],
      exclude: ["a.csv", "drafts/"],
    });
    ["a.csv", "b"].forEach((name) => filter.matches(name));
    const [warning, ...others] = filter.warnings();
    expect(others).to.deep.equal([]);
    expect(warning!.code).to.equal("unused-pattern");
    expect(warning!.text.match(/(in|ex)clude\[\d\]/g)).to.deep.equal([
      "include[2]",
      "include[3]",
      "exclude[1]",
    ]);
  });

  const part = fc.constantFrom("a", "b", "drafts", "x.csv", ".env", ".git");
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const glob = fc
    .array(fc.constantFrom("a", "drafts", "*", "**", "*.csv", ".git", "?"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/"));

  it("excludes what a .gitignore with the same line ignores, if the line is anchored or names a folder", () => {
    const anchored = fc.oneof(
      glob.map((text) => `/${text}`),
      glob.filter((text) => text.includes("/")),
      glob.map((text) => `${text}/`),
    );
    fc.assert(
      fc.property(anchored, name, (line, path) => {
        const excludes = new GlobFilter({ exclude: [line] }).excludes(path);
        // Globs and a .gitignore differ in whether ** also matches the folder where it begins.
        return ignore().add(line).ignores(path) ? excludes : !excludes || line.includes("**");
      }),
      { numRuns: 2000 },
    );
  });

  it("selects no hidden name without a dot in a pattern, and no excluded name", () => {
    fc.assert(
      fc.property(fc.array(glob), fc.array(glob), name, (include, exclude, path) => {
        const filter = new GlobFilter({ include, exclude });
        if (!filter.matches(path)) return true;
        const hasDot = include.some((pattern) => pattern.includes("."));
        return !filter.excludes(path) && (hasDot || !/(^|\/)\./.test(path));
      }),
    );
  });

  it("treats an entry with ! as an entry of exclude, at any position", () => {
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1 }), glob, fc.nat(), name, (include, negated, at, path) => {
        const place = at % (include.length + 1);
        const mixed = [...include.slice(0, place), `!${negated}`, ...include.slice(place)];
        const excluding = new GlobFilter({ include, exclude: [negated] }).matches(path);
        const without = new GlobFilter({ include }).matches(path);
        return new GlobFilter({ include: mixed }).matches(path) === excluding && (without || !excluding);
      }),
    );
  });
});
