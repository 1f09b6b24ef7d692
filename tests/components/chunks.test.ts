import { expect } from "chai";
import * as fc from "fast-check";

import type { Chunk } from "../../components/chunks";
import { chunksOf } from "../../components/chunks";

const most = 100;
const chunked = (keys: readonly string[], limit = most) => chunksOf(keys, (key) => key, limit);
const keysOf = (chunks: readonly Chunk<string>[]) => chunks.flatMap(({ items }) => items);
const textOf = ({ name, items }: Chunk<string>) => JSON.stringify([name, [...items].sort()]);

/** How many jobs the second declaration makes, changes or takes away. */
function touched(before: readonly Chunk<string>[], after: readonly Chunk<string>[]): number {
  const [olds, news] = [before, after].map(
    (chunks) => new Map(chunks.map((chunk) => [chunk.name, textOf(chunk)])),
  );
  return [...new Set([...olds!.keys(), ...news!.keys()])].filter(
    (name) => olds!.get(name) !== news!.get(name),
  ).length;
}

const keys = fc.uniqueArray(fc.string({ minLength: 1, unit: "grapheme" }), { maxLength: 500 });
const limit = fc.integer({ min: 1, max: 100 });

describe("chunks", () => {
  it("hold every key exactly once, at most so many each, none of them empty", () =>
    fc.assert(
      fc.property(keys, limit, (all, limit) => {
        const chunks = chunked(all, limit);
        expect(keysOf(chunks).sort()).to.deep.equal([...all].sort());
        expect(chunks.every(({ items }) => items.length > 0 && items.length <= limit)).to.equal(true);
        expect(new Set(chunks.map(({ name }) => name)).size).to.equal(chunks.length);
      }),
    ));

  it("do not depend on the order of the keys", () =>
    fc.assert(
      fc.property(
        keys.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        limit,
        ([all, shuffled], limit) => {
          expect(touched(chunked(all, limit), chunked(shuffled, limit))).to.equal(0);
        },
      ),
    ));

  it("begin with one that has no name of its own", () =>
    fc.assert(
      fc.property(keys, (all) => {
        fc.pre(all.length > 0 && all.length <= most);
        expect(chunked(all).map(({ name }) => name)).to.deep.equal([""]);
      }),
    ));

  const tenThousand = Array.from({ length: 10_000 }, (_, i) => `daily/${i}.csv`);
  const before = chunked(tenThousand);

  it("of 10,000 keys are touched in at most two places by one more, and by one less", () =>
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(9_999), (key, index) => {
        fc.pre(!/^daily\/\d+\.csv$/.test(key));
        expect(touched(before, chunked([...tenThousand, key]))).to.be.at.most(2);
        expect(touched(before, chunked(tenThousand.toSpliced(index, 1)))).to.be.at.most(2);
      }),
      { numRuns: 50 },
    ));

  it("of 10,000 keys are not many more than have to be", () => expect(before.length).to.be.within(100, 200));

  it("of keys whose places are the same are cut all the same", () => {
    const alike = chunksOf(Array<string>(250).fill("same"), () => "same", most);
    expect(alike.every(({ items }) => items.length <= most)).to.equal(true);
    expect(alike.reduce((sum, { items }) => sum + items.length, 0)).to.equal(250);
  });
});
