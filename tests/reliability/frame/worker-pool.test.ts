import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";

import { sideBySide } from "./worker-pool";

describe("prove: work side by side", () => {
  it("gives each place one piece at a time, and keeps the order of the results", async () => {
    const busy = new Set<string>();
    const results = await sideBySide(["a", "b"], [5, 1, 3, 2], async (place, item) => {
      expect(busy.has(place)).to.equal(false);
      busy.add(place);
      await sleep(item);
      busy.delete(place);
      return item * 10;
    });
    expect(results).to.deep.equal([50, 10, 30, 20]);
  });

  it("fails when everything that has begun is done, and begins no more", async () => {
    const done: number[] = [];
    const work = sideBySide(["a", "b"], [1, 2, 3, 4], async (_, item) => {
      if (item === 1) throw new Error("broken");
      await sleep(20);
      done.push(item);
    });
    const error = await work.then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.equal("broken");
    expect(done).to.deep.equal([2]);
  });
});
