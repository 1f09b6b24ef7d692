/** Short form of `npm run prove -- content`. */
import { expect } from "chai";

import { runOnEngine, runOnHosts } from "./suite";

describe("the assets of a stack after random steps", function () {
  this.timeout("10m");

  // The first seed once left the assets of an interrupted replacement beside those of the job in state.
  const runs = [
    ["t-36", runOnHosts, 6],
    ["content-1", runOnHosts, 6],
    ["content-engine", runOnEngine, 2],
  ] as const;
  for (const [seed, run, steps] of runs) {
    it(`are what the program declares: ${run.name}, seed ${seed}, ${steps} steps`, async () => {
      const { broken, log } = await run(seed, steps);
      expect(broken, log.join("\n")).to.deep.equal([]);
    });
  }
});
