import { expect } from "chai";
import fc from "fast-check";

import { backoffDelay } from "../../lib/backoff";
import { systemClock } from "../../lib/clock";
import { formatDuration, parseDuration } from "../../lib/duration";

describe("parseDuration and formatDuration", () => {
  for (const [text, milliseconds] of [
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["0.5h", 1_800_000],
    ["1d", 86_400_000],
  ] as const) {
    it(`parse ${text} as ${milliseconds} ms`, () => expect(parseDuration(text)).to.equal(milliseconds));
  }
  for (const text of ["", "5", "h", "1 h", "-1h", "1h ", "1w", "1h\n", ".5h"]) {
    it(`reject ${JSON.stringify(text)}`, () => expect(parseDuration(text)).to.equal(undefined));
  }
  for (const [milliseconds, text] of [
    [400, "0s"],
    [59_600, "1m"],
    [130_000, "2m 10s"],
    [3_599_600, "1h"],
    [11_100_000, "3h 5m"],
  ] as const) {
    it(`format ${milliseconds} ms as ${text}`, () => expect(formatDuration(milliseconds)).to.equal(text));
  }
});

describe("backoffDelay", () => {
  it("lies between a tenth of the doubling ceiling and the ceiling, and below the cap", () => {
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

  it("spreads callers by its random part", () =>
    expect(backoffDelay(3, undefined, () => 0.9) - backoffDelay(3, undefined, () => 0.1)).to.be.greaterThan(
      2_000,
    ));
});

describe("systemClock", () => {
  for (const jump of [-86_400_000, 86_400_000]) {
    it(`measures durations although the time of day is set ${jump < 0 ? "back" : "forward"} by a day`, () => {
      const { now } = Date;
      const before = systemClock.now();
      Date.now = () => now() + jump;
      try {
        expect(Math.abs(systemClock.now() - before)).to.be.below(Math.abs(jump) / 2);
      } finally {
        Date.now = now;
      }
    });
  }
});
