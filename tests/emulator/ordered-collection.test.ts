import { expect } from "chai";
import fc from "fast-check";
import { OrderedCollection } from "../../emulator/state/ordered-collection";

interface Item {
  readonly id: string;
  readonly name: string;
}

describe("emulator: Shelf", () => {
  it("pages through whatever was added and deleted, highest name first, each item once", () => {
    const names = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 7 }), (drawn, size) => {
        const shelf = new OrderedCollection<Item>(({ name }) => name);
        const items = drawn.map(([name], index) => ({ id: String(index), name }));
        items.forEach((item) => shelf.add(item));
        const kept = items.filter(({ id }, index) => drawn[index]![1] || (shelf.delete(id), false));
        const seen: Item[] = [];
        let below: string | undefined;
        do {
          const page = shelf.page(size, below);
          expect(page.items.length).to.be.at.most(size);
          seen.push(...page.items);
          below = page.next;
        } while (below !== undefined);
        expect(seen).to.have.members(kept).and.have.length(kept.length);
        seen.slice(1).forEach(({ name }, index) => expect(name <= seen[index]!.name).to.equal(true));
        expect(shelf.size).to.equal(kept.length);
        kept.forEach((item) => expect(shelf.get(item.id)).to.equal(item));
      }),
    );
  });

  it("goes on from where a page ended when that item is gone", () => {
    const shelf = new OrderedCollection<Item>();
    for (const id of ["1", "2", "3", "4"]) shelf.add({ id, name: "" });
    const { items, next } = shelf.page(2);
    shelf.delete(items[1]!.id);
    shelf.add({ id: "5", name: "" });
    expect(shelf.page(2, next).items.map(({ id }) => id)).to.deep.equal(["2", "1"]);
  });
});
