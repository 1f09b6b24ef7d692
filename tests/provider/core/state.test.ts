import { expect } from "chai";
import fc from "fast-check";

import { formatDuration, parseDuration } from "../../../lib/duration";
import { FreshLoads } from "../../../lib/coalescing-loader";
import { Locks } from "../../../lib/keyed-mutex";
import { backoffDelay } from "../../../lib/backoff";
import { VirtualClock } from "../support/clock";
import { failureOf } from "../support/samples";

describe("durations", () => {
  for (const [text, milliseconds] of [
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["0.5h", 1_800_000],
    ["1d", 86_400_000],
  ] as const) {
    it(`${text} is ${milliseconds} milliseconds`, () => expect(parseDuration(text)).to.equal(milliseconds));
  }
  for (const text of ["", "5", "h", "1 h", "-1h", "1h ", "1w", "1h\n", ".5h"]) {
    it(`${JSON.stringify(text)} is none`, () => expect(parseDuration(text)).to.equal(undefined));
  }
  for (const [milliseconds, text] of [
    [400, "0s"],
    [59_600, "1m"],
    [130_000, "2m 10s"],
    [3_599_600, "1h"],
    [11_100_000, "3h 5m"],
  ] as const) {
    it(`${milliseconds} milliseconds read ${text}`, () =>
      expect(formatDuration(milliseconds)).to.equal(text));
  }
});

describe("backoff", () => {
  it("lies between a tenth of a ceiling that doubles and the ceiling, and never above the cap", () => {
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const ceiling = Math.min(20_000, 500 * 2 ** attempt);
          expect(backoffDelay(attempt, undefined, () => random)).to.be.within(ceiling * 0.1, ceiling);
        },
      ),
    );
  });

  it("spreads callers out", () =>
    expect(backoffDelay(3, undefined, () => 0.9) - backoffDelay(3, undefined, () => 0.1)).to.be.greaterThan(
      2_000,
    ));
});

describe("locks", () => {
  it("let one at a time through for a key, in order, whatever becomes of those before", async () => {
    const [clock, locks, story] = [new VirtualClock(), new Locks(), [] as string[]];
    const work = (name: string, key: string, fails = false) =>
      locks.run(key, async () => {
        story.push(`${name} begins`);
        await clock.sleep(10);
        story.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const failed = failureOf(work("one", "key", true));
    await Promise.all([failed, work("two", "key"), work("three", "key"), work("other", "another key")]);
    expect(story.filter((line) => !line.startsWith("other"))).to.deep.equal([
      ...["one begins", "one ends", "two begins", "two ends", "three begins", "three ends"],
    ]);
    expect(story.slice(0, 2)).to.deep.equal(["one begins", "other begins"]);
  });
});

describe("shared loads", () => {
  it("give everybody a load that began after they asked, and share one among all who wait", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }),
        fc.nat(40),
        async (askedAt, takes) => {
          const [clock, loads] = [new VirtualClock(), new FreshLoads<number>()];
          let count = 0;
          const load = async () => {
            count++;
            const began = clock.now();
            await clock.sleep(takes);
            return began;
          };
          await Promise.all(
            askedAt.map(async (at) => {
              await clock.sleep(at);
              const asked = clock.now();
              expect(await loads.get("key", load)).to.be.at.least(asked);
            }),
          );
          expect(count).to.be.at.most(
            Math.max(2, Math.ceil(100 / Math.max(1, takes)) + 2, new Set(askedAt).size),
          );
        },
      ),
    );
  });

  it("do not fail those who come after a load that failed", async () => {
    const loads = new FreshLoads<string>();
    const failed = failureOf(loads.get("key", () => Promise.reject(new Error("no"))));
    const next = loads.get("key", () => Promise.resolve("yes"));
    expect([
      (await failed).message,
      await next,
      await loads.get("key", () => Promise.resolve("again")),
    ]).to.deep.equal(["no", "yes", "again"]);
  });
});
