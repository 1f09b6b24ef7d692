import { expect } from "chai";
import * as fc from "fast-check";

import { assetsPerRevision, validateAssetNames } from "../../components/support/asset-names";

const wrong = (...keys: string[]) =>
  validateAssetNames(
    keys.map((key) => ({ key })),
    "s3://b/",
  );

describe("a choice of objects", () => {
  it("is right when the keys can be told apart", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z0-9/]{1,20}[a-z0-9]$/), { minLength: 1 }),
        (keys) => {
          fc.pre(keys.every((key) => !key.startsWith("/") && !key.includes("//")));
          expect(wrong(...keys)).to.equal(undefined);
        },
      ),
    ));

  it("is wrong when nothing is meant", () =>
    expect(wrong()).to.match(/^s3:\/\/b\/ holds no object that is meant/));

  it("is wrong beyond what a revision takes, and right up to that", () => {
    const keys = Array.from({ length: assetsPerRevision + 1 }, (_, i) => `${i}.csv`);
    expect(wrong(...keys)).to.contain("10001 objects that are meant; a revision takes at most 10000 assets");
    expect(wrong(...keys.slice(1))).to.equal(undefined);
  });

  it("is wrong when a key is named twice", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
        fc.nat(),
        (keys, n) => {
          const twice = keys[n % keys.length]!;
          expect(wrong(...keys, twice)).to.equal(
            `s3://b/: "${twice}" is named twice; it would become two assets.`,
          );
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
    it(`is wrong when keys differ in ${what} alone`, () => {
      expect(wrong(...pair)).to.contain(
        `${JSON.stringify(pair[0])} and ${JSON.stringify(pair[1])} look alike`,
      );
    });
  }

  it("lets keys differ in case, as S3 does", () => expect(wrong("A.csv", "a.csv")).to.equal(undefined));
});
