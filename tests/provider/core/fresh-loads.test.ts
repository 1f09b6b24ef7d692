import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { expect } from "chai";

import { FreshLoads } from "../../../provider/core/fresh-loads";
import { host } from "../support/host";
import { s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";
import { VirtualClock } from "../support/clock";

/** Loads that take ten seconds each, by the moments at which they began. */
function loading(rest?: (took: number) => number, keep?: number) {
  const clock = new VirtualClock();
  const start = clock.now();
  const loads = new FreshLoads<number>({ clock, rest, keep });
  const begun: number[] = [];
  const load = async () => {
    const began = clock.now() - start;
    begun.push(began);
    await clock.sleep(10_000);
    return began;
  };
  const ask = async (at: number, how: "get" | "recent" = "get") => {
    await clock.sleep(at);
    return loads[how]("key", load);
  };
  return { begun, ask };
}

/** Once nothing of the present moment holds on to anything. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  await new Promise((resolve) => setImmediate(resolve));
  (runInNewContext("gc") as () => void)();
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

  it("serve whoever takes a recent one with the last that began not too long ago", async () => {
    const { begun, ask } = loading(undefined, 30_000);
    const asked = [ask(0), ask(12_000, "recent"), ask(29_999, "recent"), ask(30_000, "recent")];
    expect(await Promise.all(asked)).to.deep.equal([0, 0, 0, 30_000]);
    expect(begun).to.deep.equal([0, 30_000]);
  });

  it("begin for whoever takes a recent one where there is none, and do not rest after that", async () => {
    const { begun, ask } = loading(thrice, 30_000);
    const asked = [ask(0, "recent"), ask(1_000), ask(21_000, "recent"), ask(22_000)];
    expect(await Promise.all(asked)).to.deep.equal([0, 10_000, 10_000, 50_000]);
    expect(begun).to.deep.equal([0, 10_000, 50_000]);
  });

  it("never serve what failed as a recent one", async () => {
    const clock = new VirtualClock();
    const loads = new FreshLoads<string>({ clock, keep: 60_000 });
    const failed = await loads.get("key", () => Promise.reject(new Error("no"))).catch(String);
    expect([failed, await loads.recent("key", () => Promise.resolve("yes"))]).to.deep.equal([
      "Error: no",
      "yes",
    ]);
  });

  it("neither rest nor keep until the hour comes again when the clock was set back by one", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    let back = 0;
    const loads = new FreshLoads<number>({
      clock: { now: () => clock.now() - back, sleep: (time, wake) => clock.sleep(time, wake) },
      rest: () => 5_000,
      keep: 5_000,
    });
    const load = () => Promise.resolve(clock.now() - start);
    await loads.get("key", load);
    back = 3_600_000;
    await clock.pass(1_000);
    expect(await loads.recent("key", load)).to.equal(1_000);
    await loads.get("key", load);
    back *= 2;
    expect(await loads.get("key", load)).to.equal(1_000);
  });

  it("hold nothing for longer than somebody may take it, once another has been asked for", async () => {
    const clock = new VirtualClock();
    const loads = new FreshLoads<object>({ clock, keep: 5_000 });
    const held: WeakRef<object>[] = [];
    const ask = async (key: string) => {
      await loads.get(key, () => {
        const loaded = { large: Array(1_000).fill(0) };
        held.push(new WeakRef(loaded));
        return Promise.resolve(loaded);
      });
    };
    await ask("one");
    await clock.pass(6_000);
    await ask("another");
    await collectGarbage();
    expect(held.map((loaded) => loaded.deref() !== undefined)).to.deep.equal([false, true]);
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
