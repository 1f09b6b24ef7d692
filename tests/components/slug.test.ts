import { expect } from "chai";
import fc from "fast-check";

import { slug } from "../../components/support/asset-names";

describe("a name for a child", () => {
  it("is the text where that will do", () => {
    for (const text of ["prices.csv", "2026-01_a.b", "A"]) expect(slug(text)).to.equal(text);
  });

  it("stays readable where it will not", () => {
    expect(slug("2026/january prices.csv")).to.match(/^2026-january-prices\.csv-[0-9a-f]{10}$/);
    expect(slug("日本")).to.match(/^[0-9a-f]{10}$/);
  });

  it("is safe, short, the same each time, and another for another text", () => {
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
        expect(names).to.deep.equal(given.map(slug));
        for (const name of names) expect(name).to.match(/^[A-Za-z0-9._-]{1,71}$/);
        expect(new Set(names).size).to.equal(given.length);
      }),
    );
  });
});
