import { expect } from "chai";
import fc from "fast-check";

import type { LoaderOptions } from "../../lib/coalescing-loader";
import { CoalescingLoader } from "../../lib/coalescing-loader";
import { VirtualClock } from "../simulation/clock";
import { failureOf } from "../simulation/samples";

/** A loader whose loads take ten seconds; `ask` resolves with the time at which the caller's load began. */
function loading(options: Pick<LoaderOptions, "cooldown" | "expectsMoreCallers"> = {}) {
  const clock = new VirtualClock();
  const start = clock.now();
  const loads = new CoalescingLoader<number>({ clock, ...options });
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
  return { begun, ask, elapsed: () => clock.now() - start };
}

const cooldown = (took: number) => 3 * took;

describe("CoalescingLoader", () => {
  for (const [what, options, asked, served] of [
    ["shares one load among callers of the same moment", {}, [0, 0, 0], [0, 0, 0]],
    [
      "serves callers during a load and its cooldown with one fresh load after it",
      { cooldown },
      [0, 5_000, 20_000, 39_000, 41_000],
      [0, 40_000, 40_000, 40_000, 80_000],
    ],
    ["loads at once for a caller after the cooldown", { cooldown }, [0, 60_000], [0, 60_000]],
  ] as const) {
    it(what, async () => {
      const { begun, ask } = loading(options);
      expect(await Promise.all(asked.map(ask))).to.deep.equal(served);
      expect(begun).to.deep.equal([...new Set<number>(served)]);
    });
  }

  it("ends the cooldown once no more callers are expected", async () => {
    const { ask, elapsed } = loading({ cooldown, expectsMoreCallers: () => elapsed() < 15_000 });
    // Without the caller at 15 s the second load would begin at 40 s.
    expect(await Promise.all([ask(0), ask(12_000), ask(15_000)])).to.deep.equal([0, 15_000, 15_000]);
    expect(await ask(0)).to.equal(25_000);
  });

  it("does not extend the cooldown when the clock is set back", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    let back = 0;
    const loads = new CoalescingLoader<number>({
      clock: { now: () => clock.now() - back, sleep: (time, wake) => clock.sleep(time, wake) },
      cooldown: () => 5_000,
    });
    const load = () => Promise.resolve(clock.now() - start);
    await loads.get("key", load);
    back = 3_600_000;
    await clock.pass(1_000);
    expect(await loads.get("key", load)).to.equal(1_000);
  });

  it("gives every caller a load that began after its call, and shares loads among waiting callers", async () => {
    const calls = fc.array(fc.nat(100), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(calls, fc.nat(40), async (askedAt, takes) => {
        const clock = new VirtualClock();
        const loads = new CoalescingLoader<number>({ clock });
        let count = 0;
        const load = async () => {
          count++;
          const began = clock.now();
          await clock.sleep(takes);
          return began;
        };
        const ask = async (at: number) => {
          await clock.sleep(at);
          const asked = clock.now();
          expect(await loads.get("key", load)).to.be.at.least(asked);
        };
        await Promise.all(askedAt.map(ask));
        const atMost = Math.ceil(100 / Math.max(1, takes)) + 2;
        expect(count).to.be.at.most(Math.max(atMost, new Set(askedAt).size));
      }),
    );
  });

  describe("with callers that leave", () => {
    /** A load of ten seconds that ends early if it is not needed, and callers of 0 s that leave at `leaveAt`. */
    const scene = (leaveAt: number, leaving: number, staying: number) => {
      const clock = new VirtualClock();
      const loads = new CoalescingLoader<number>({ clock, cooldown: () => 5_000 });
      const unneeded: AbortSignal[] = [];
      const load = async (signal: AbortSignal) => {
        unneeded.push(signal);
        await clock.sleep(10_000, signal);
        signal.throwIfAborted();
        return unneeded.length;
      };
      const stop = new AbortController();
      void clock.pass(leaveAt).then(() => stop.abort(new Error("left")));
      const left = Array.from({ length: leaving }, () => failureOf(loads.get("key", load, stop.signal)));
      const stayed = Array.from({ length: staying }, () => loads.get("key", load));
      return { clock, unneeded, left, stayed, ask: (signal?: AbortSignal) => loads.get("key", load, signal) };
    };

    it("continues a load for the others, although the first caller began it", async () => {
      const { unneeded, left, stayed } = scene(4_000, 2, 1);
      for (const each of left) expect((await each).message).to.equal("left");
      expect(await Promise.all(stayed)).to.deep.equal([1]);
      expect(unneeded).to.have.length(1);
    });

    it("ends a load without callers, and a later caller gets a new one", async () => {
      const { unneeded, left, ask } = scene(4_000, 2, 0);
      for (const each of left) await each;
      expect(unneeded.map(({ aborted }) => aborted)).to.deep.equal([true]);
      expect(await ask()).to.equal(2);
    });

    it("does not begin a load whose callers have left, and a later caller begins its own", async () => {
      const { clock, unneeded, stayed, ask } = scene(0, 0, 1);
      await Promise.all(stayed);
      // The cooldown lasts for five seconds.
      const stop = new AbortController();
      const left = failureOf(ask(stop.signal));
      await clock.pass(1_000);
      stop.abort(new Error("left"));
      await left;
      await clock.pass(60_000);
      expect(unneeded).to.have.length(1);
      expect(await ask()).to.equal(2);
    });

    it("begins a load for a caller that comes after the others have left", async () => {
      const { clock, unneeded, stayed, ask } = scene(0, 0, 1);
      await Promise.all(stayed);
      const stop = new AbortController();
      const left = failureOf(ask(stop.signal));
      await clock.pass(1_000);
      stop.abort(new Error("left"));
      await left;
      expect(await ask()).to.equal(2);
      expect(unneeded).to.have.length(2);
    });
  });

  it("does not fail the callers after a failed load", async () => {
    const clock = new VirtualClock();
    const loads = new CoalescingLoader<string>({ clock });
    const begun = new AbortController();
    const failed = failureOf(
      loads.get("key", () => {
        begun.abort();
        return Promise.reject(new Error("no"));
      }),
    );
    await clock.sleep(1_000, begun.signal);
    expect(await loads.get("key", () => Promise.resolve("yes"))).to.equal("yes");
    expect((await failed).message).to.equal("no");
  });
});
