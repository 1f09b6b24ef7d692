import { expect } from "chai";
import fc from "fast-check";
import { compareKeys, SortedMap } from "../../../emulator/s3/sorted-map";

const bytewise = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

describe("emulator: S3 keys in order", () => {
  it("sorts as UTF-8 does", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(Math.sign(compareKeys(one, other))).to.equal(bytewise(one, other));
      }),
    );
    expect(compareKeys("\uff5e", "😀")).to.be.below(0);
  });

  it("is a map, whatever is set and deleted", () => {
    // Numbers in a narrow range, often enough that blocks are split and emptied.
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean()), {
      minLength: 4000,
      maxLength: 4000,
      size: "max",
    });
    fc.assert(
      fc.property(steps, (drawn) => {
        const map = new SortedMap<number>();
        const plain = new Map<string, number>();
        drawn.forEach(([number, sets], index) => {
          const key = String(number);
          expect(sets ? map.set(key, index) : map.delete(key)).to.equal(plain.get(key));
          if (sets) plain.set(key, index);
          else plain.delete(key);
        });
        expect(map.size).to.equal(plain.size);
        const from = String(drawn[0]![0]);
        const entries = [...plain]
          .filter(([key]) => key >= from)
          .sort(([one], [other]) => bytewise(one, other));
        expect([...map.entriesFrom((key) => key < from)]).to.deep.equal(entries);
        for (const key of [...plain.keys()]) map.delete(key);
        expect([map.size, ...map.entriesFrom(() => false)]).to.deep.equal([0]);
      }),
      { numRuns: 10 },
    );
  });

  it("splits blocks and finds everything in them, in whatever order it came", () => {
    const inOrder = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(5, "0"));
    const mixed = inOrder.map((_, index) => inOrder[(index * 7919) % inOrder.length]!);
    for (const order of [inOrder, [...inOrder].reverse(), mixed]) {
      const map = new SortedMap<string>();
      for (const key of order) map.set(key, key);
      expect([...map.entriesFrom(() => false)].map(([key]) => key)).to.deep.equal(inOrder);
    }
  });
});
