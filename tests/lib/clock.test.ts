import { expect } from "chai";

import { systemClock } from "../../lib/clock";

describe("the clock of this machine", () => {
  for (const jump of [-86_400_000, 86_400_000]) {
    it(`measures a wait during which the time of day is set ${jump < 0 ? "back" : "forward"} by a day`, () => {
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
