import { expect } from "chai";

import { FreshLoads } from "../../lib/coalescing-loader";
import { host } from "../provider/support/host";
import { s3Import } from "../provider/support/samples";
import { Simulator } from "../provider/support/simulator";
import { VirtualClock } from "../provider/support/clock";

/** Loads that take ten seconds each, by the moments at which they began. */
function loading(rest?: (took: number) => number) {
  const clock = new VirtualClock();
  const start = clock.now();
  const loads = new FreshLoads<number>({ clock, rest });
  const begun: number[] = [];
  const load = async () => {
    const began = clock.now() - start;
    begun.push(began);
    await clock.sleep(10_000);
    return began;
  };
  const ask = async (at: number) => {
    await clock.sleep(at);
    return loads.get("key", load);
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

  it("rest no longer once nobody else is to come", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    let more = true;
    const loads = new FreshLoads<number>({ clock, rest: thrice, moreToCome: () => more });
    const ask = async (at: number) => {
      await clock.sleep(at);
      if (at === 15_000) more = false;
      return loads.get("key", async () => {
        const began = clock.now() - start;
        await clock.sleep(10_000);
        return began;
      });
    };
    // Without the one at 15 s the second load would begin at 40 s.
    expect(await Promise.all([ask(0), ask(12_000), ask(15_000)])).to.deep.equal([0, 15_000, 15_000]);
    expect(await ask(0)).to.equal(25_000);
  });

  it("do not rest until the hour comes again when the clock was set back by one", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    let back = 0;
    const loads = new FreshLoads<number>({
      clock: { now: () => clock.now() - back, sleep: (time, wake) => clock.sleep(time, wake) },
      rest: () => 5_000,
    });
    const load = () => Promise.resolve(clock.now() - start);
    await loads.get("key", load);
    back = 3_600_000;
    await clock.pass(1_000);
    expect(await loads.get("key", load)).to.equal(1_000);
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
