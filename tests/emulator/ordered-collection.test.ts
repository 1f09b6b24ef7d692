import { expect } from "chai";
import fc from "fast-check";
import { OrderedCollection } from "../../emulator/state/ordered-collection";

interface Item {
  readonly id: string;
  readonly name: string;
}

describe("emulator: OrderedCollection", () => {
  it("returns each item once in pages of any size, highest name first, after any additions and deletions", () => {
    const names = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 7 }), (drawn, size) => {
        const collection = new OrderedCollection<Item>(({ name }) => name);
        const items = drawn.map(([name], index) => ({ id: String(index), name }));
        items.forEach((item) => collection.add(item));
        const kept = items.filter(({ id }, index) => drawn[index]![1] || (collection.delete(id), false));
        const seen: Item[] = [];
        let below: string | undefined;
        do {
          const page = collection.page(size, below);
          expect(page.items.length).to.be.at.most(size);
          seen.push(...page.items);
          below = page.next;
        } while (below !== undefined);
        expect(seen).to.have.members(kept).and.have.length(kept.length);
        seen.slice(1).forEach(({ name }, index) => expect(name <= seen[index]!.name).to.equal(true));
        expect(collection.size).to.equal(kept.length);
        kept.forEach((item) => expect(collection.get(item.id)).to.equal(item));
      }),
    );
  });

  it("continues after the last item of a page although that item was deleted", () => {
    const collection = new OrderedCollection<Item>();
    for (const id of ["1", "2", "3", "4"]) collection.add({ id, name: "" });
    const { items, next } = collection.page(2);
    collection.delete(items[1]!.id);
    collection.add({ id: "5", name: "" });
    expect(collection.page(2, next).items.map(({ id }) => id)).to.deep.equal(["2", "1"]);
  });
});
