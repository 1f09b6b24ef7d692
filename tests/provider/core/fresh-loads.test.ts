import { expect } from "chai";

import { FreshLoads } from "../../../provider/core/fresh-loads";
import { host } from "../support/host";
import { s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";
import { VirtualClock } from "../support/clock";

/** Loads that take ten seconds each, by the moments at which they began. */
function loading(rest?: (took: number) => number) {
  const clock = new VirtualClock();
  const start = clock.now();
  const loads = new FreshLoads<number>({ clock, rest });
  const begun: number[] = [];
  const ask = async (at: number) => {
    await clock.sleep(at);
    return loads.get("key", async () => {
      const began = clock.now() - start;
      begun.push(began);
      await clock.sleep(10_000);
      return began;
    });
  };
  return { begun, ask };
}

const thrice = (took: number) => 3 * took;

describe("shared loads that gather", () => {
  it("are one for all who ask at the same moment", async () => {
    const { begun, ask } = loading();
    expect(await Promise.all([ask(0), ask(0), ask(0)])).to.deep.equal([0, 0, 0]);
    expect(begun).to.deep.equal([0]);
  });

  it("rest in proportion to what they take, and then serve all who have come, with nothing older than their asking", async () => {
    const { begun, ask } = loading(thrice);
    // The load after the first rests until 40 s.
    expect(await Promise.all([ask(0), ask(5_000), ask(20_000), ask(39_000), ask(41_000)])).to.deep.equal([
      0, 40_000, 40_000, 40_000, 80_000,
    ]);
    expect(begun).to.deep.equal([0, 40_000, 80_000]);
  });

  it("let nobody wait who comes after the rest", async () => {
    const { begun, ask } = loading(thrice);
    await Promise.all([ask(0), ask(60_000)]);
    expect(begun).to.deep.equal([0, 60_000]);
  });

  it("make jobs that end together list their revision once", async () => {
    const service = new Simulator();
    const { create } = host(service);
    const made = await Promise.all(Array.from({ length: 8 }, (_, i) => create(s3Import([`${i}.csv`]))));
    expect(made.flatMap(({ outputs }) => outputs.assets.map(({ name }) => name)).sort()).to.deep.equal(
      Array.from({ length: 8 }, (_, i) => `${i}.csv`),
    );
    expect(service.count("listRevisionAssets")).to.equal(1);
  });
});
