import { expect } from "chai";
import * as fc from "fast-check";

import { assetsPerRevision, slug, validateAssetNames } from "../../components/support/asset-names";

const codeOf = (...names: string[]) => validateAssetNames(names, "s3://b/")?.code;

describe("validateAssetNames", () => {
  it("accepts names that look different", () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9/]{1,20}[a-z0-9]$/)), (names) => {
        fc.pre(names.every((name) => !name.startsWith("/") && !name.includes("//")));
        expect(codeOf(...names)).to.equal(undefined);
      }),
    ));

  it("accepts as many names as a revision holds, and rejects one more", () => {
    const names = Array.from({ length: assetsPerRevision + 1 }, (_, i) => `${i}.csv`);
    expect(codeOf(...names)).to.equal("too-many-assets");
    expect(codeOf(...names.slice(1))).to.equal(undefined);
  });

  it("rejects a name that appears twice, at any position", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
        fc.nat(),
        (names, n) => {
          expect(codeOf(...names, names[n % names.length]!)).to.equal("duplicate-asset-name");
        },
      ),
    ));

  const pairs: Record<string, [string, string]> = {
    "a zero-width space": ["prices.csv", "pri\u200bces.csv"],
    "a right-to-left mark": ["prices.csv", "prices\u200f.csv"],
    "another form of an accent": ["caf\u00e9.csv", "cafe\u0301.csv"],
    "a ligature": ["file.csv", "\ufb01le.csv"],
    "a full-width letter": ["a.csv", "\uff41.csv"],
    "a doubled slash": ["a/b.csv", "a//b.csv"],
    "a slash at the start": ["a.csv", "/a.csv"],
    "a space at the end": ["a.csv", "a.csv "],
    "a no-break space": ["a b.csv", "a\u00a0b.csv"],
  };
  for (const [what, pair] of Object.entries(pairs)) {
    it(`rejects names that differ only in ${what}`, () =>
      expect(codeOf(...pair)).to.equal("similar-asset-names"));
  }

  it("accepts names that differ in case, as S3 does", () =>
    expect(codeOf("A.csv", "a.csv")).to.equal(undefined));

  it("names the source and both names in its message", () =>
    expect(validateAssetNames(["a", "/a"], "s3://b/")!.message).to.match(/^s3:\/\/b\/: "a" and "\/a" look/));
});

describe("slug", () => {
  it("returns a safe text unchanged", () => {
    for (const text of ["prices.csv", "2026-01_a.b", "A"]) expect(slug(text)).to.equal(text);
  });

  it("keeps the readable part of other texts", () => {
    expect(slug("2026/january prices.csv")).to.match(/^2026-january-prices\.csv-[0-9a-f]{10}$/);
    expect(slug("日本")).to.match(/^[0-9a-f]{10}$/);
  });

  it("returns a safe and short name that is different for each text", () => {
    const texts = fc.uniqueArray(
      fc.oneof(
        fc.string({ minLength: 1, maxLength: 100 }),
        fc.string({ unit: fc.constantFrom("a", "/", "-", " ", "."), minLength: 1 }),
      ),
      { minLength: 2, maxLength: 200 },
    );
    fc.assert(
      fc.property(texts, (given) => {
        const names = given.map(slug);
        for (const name of names) expect(name).to.match(/^[A-Za-z0-9._-]{1,71}$/);
        expect(new Set(names).size).to.equal(given.length);
      }),
    );
  });
});
