import { expect } from "chai";
import fc from "fast-check";
import ignore from "ignore";

import type { GlobPatterns } from "../../components/support/globs";
import { GlobFilter } from "../../components/support/globs";

const meant = (patterns: GlobPatterns, names: readonly string[]): string[] => {
  const read = new GlobFilter(patterns);
  return names.filter((name) => read.matches(name));
};

const refusal = (patterns: GlobPatterns): string => {
  try {
    new GlobFilter(patterns);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("patterns", () => {
  const cases: [string, GlobPatterns, string[], string[]][] = [
    ["a star ends at a slash", { include: ["*.csv"] }, ["a.csv"], ["b/a.csv", "a.txt"]],
    ["two stars do not", { include: ["**/*.csv"] }, ["a.csv", "b/c/a.csv"], ["a.txt"]],
    ["a folder", { include: ["2026/**"] }, ["2026/01/a", "2026/b"], ["2025/a", "x/2026/a"]],
    [
      "a folder with a slash at its end",
      { include: ["2026/"] },
      ["2026/01/a", "2026/b"],
      ["2026", "x/2026/a"],
    ],
    ["several", { include: ["a/*", "b/*"] }, ["a/1", "b/1"], ["c/1"]],
    ["alternatives", { include: ["*.{csv,parquet}"] }, ["a.csv", "a.parquet"], ["a.json"]],
    ["what is excluded", { include: ["**"], exclude: ["**/_SUCCESS"] }, ["a/b"], ["a/_SUCCESS", "_SUCCESS"]],
    ["exclusion alone", { exclude: ["*.tmp"] }, ["a.csv", "b/x.tmp"], ["a.tmp"]],
    ["an empty list", { include: [] }, [], ["a"]],
    ["an empty exclusion", { exclude: [] }, ["a"], []],
    [
      "an entry with ! takes out",
      { include: ["*.csv", "!secret.csv"] },
      ["a.csv"],
      ["secret.csv", "a.txt", ".env"],
    ],
    ["the place of ! means nothing", { include: ["!secret.csv", "*.csv"] }, ["a.csv"], ["secret.csv"]],
    ["a negative extended glob", { include: ["!(secret).csv"] }, ["a.csv"], ["secret.csv", ".env.csv"]],
    ["a slash or ./ at the start", { include: ["/a/*", "./b/*"] }, ["a/1", "b/1"], ["c/a/1"]],
    ["an excluded folder anywhere", { exclude: ["drafts/"] }, ["a", "drafts"], ["drafts/b", "x/drafts/y/b"]],
    ["an excluded folder at the top", { exclude: ["/drafts/"] }, ["x/drafts/b"], ["drafts/b"]],
    ["an excluded folder by its name", { exclude: ["drafts"] }, ["x/drafts/b"], ["drafts/b", "drafts"]],
    ["a negated folder", { include: ["**", "!drafts/"] }, ["a"], ["drafts/b", "x/drafts/b"]],
    ["line breaks are characters", { exclude: ["**/secret*"] }, ["a\nb"], ["secret\n.csv", "a/secret\nb"]],
  ];
  for (const [what, patterns, some, others] of cases) {
    it(`know that: ${what}`, () => {
      expect(meant(patterns, [...some, ...others])).to.deep.equal(some);
    });
  }

  it("mean hidden names only where they spell the dot out, and exclude them always", () => {
    const names = [".env", "a/.git/config", "a/b"];
    expect(meant({}, names)).to.deep.equal(["a/b"]);
    expect(meant({ include: ["**"] }, names)).to.deep.equal(["a/b"]);
    expect(meant({ include: ["**", ".env"] }, names)).to.deep.equal([".env", "a/b"]);
    expect(meant({ include: ["a/.git/"] }, names)).to.deep.equal(["a/.git/config"]);
    expect(meant({ include: ["**", ".*"], exclude: ["**"] }, names)).to.deep.equal([]);
  });

  it("take a name that a prefix cuts off for what it is as a whole", () => {
    const patterns = new GlobFilter({ include: ["*.csv"] });
    expect(patterns.matches(".csv", "prices.csv")).to.equal(true);
    expect(patterns.matches(".csv", ".csv")).to.equal(false);
  });

  it("that can match nothing are refused, with their path", () => {
    for (const wrong of ["", "/", "./", ".", "../a", "a/../b", "a/./b", "drafts\\b.csv", "!!a"]) {
      expect(refusal({ include: ["*", wrong] }), wrong).to.match(/^include\[1\] is "/);
    }
    expect(refusal({ include: ["!secret.csv"] })).to.match(
      /^include holds only patterns with "!".* to exclude/,
    );
    expect(refusal({ exclude: ["*.csv", "!keep.csv"] })).to.match(/^exclude\[1\] is "!keep\.csv"/);
    expect(refusal({ include: ["*"], exclude: [] })).to.equal("none");
  });

  it("that matched nothing are named, also where another one decided", () => {
    const patterns = new GlobFilter({
      include: ["**", "*.csv", "*.xml", "!x/"],
      exclude: ["a.csv", "drafts/"],
    });
    ["a.csv", "b"].forEach((name) => patterns.matches(name));
    expect(patterns.unused()).to.have.length(1);
    expect(patterns.unused()[0]).to.match(
      /^Nothing matches include\[2\] \("\*\.xml"\), include\[3\] \("x\/"\), exclude\[1\] \("drafts\/"\)\./,
    );
  });

  const part = fc.constantFrom("a", "b", "drafts", "x.csv", ".env", ".git");
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const glob = fc
    .array(fc.constantFrom("a", "drafts", "*", "**", "*.csv", ".git", "?"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/"));

  it("exclude what a .gitignore with the same line does, where that is tied to its place or names a folder", () => {
    const tied = fc.oneof(
      glob.map((text) => `/${text}`),
      glob.filter((text) => text.includes("/")),
      glob.map((text) => `${text}/`),
    );
    fc.assert(
      fc.property(tied, name, (line, path) => {
        const excludes = new GlobFilter({ exclude: [line] }).excludes(path);
        // Globs and a .gitignore differ in whether ** stands for the place where it begins, too.
        return ignore().add(line).ignores(path) ? excludes : !excludes || line.includes("**");
      }),
      { numRuns: 2000 },
    );
  });

  it("mean no hidden name without a dot, and nothing that is excluded", () => {
    fc.assert(
      fc.property(fc.array(glob), fc.array(glob), name, (include, exclude, path) => {
        const read = new GlobFilter({ include, exclude });
        if (!read.matches(path)) return true;
        const spelled = include.some((pattern) => pattern.includes("."));
        return !read.excludes(path) && (spelled || !/(^|\/)\./.test(path));
      }),
    );
  });

  it("mean less for each entry with !, wherever it stands", () => {
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1 }), glob, fc.nat(), name, (include, negated, at, path) => {
        const without = new GlobFilter({ include });
        const place = at % (include.length + 1);
        const read = new GlobFilter({
          include: [...include.slice(0, place), `!${negated}`, ...include.slice(place)],
        });
        const excluding = new GlobFilter({ include, exclude: [negated] });
        return (
          read.matches(path) === excluding.matches(path) && (without.matches(path) || !read.matches(path))
        );
      }),
    );
  });
});
