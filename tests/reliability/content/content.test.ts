/** Short form of `npm run prove -- content`. */
import { expect } from "chai";

import { runInWorkers } from "../suite";
import { runOnEngine, runOnHosts } from "./suite";

describe("reliability: content", function () {
  this.timeout("10m");

  it("is what the program declares after random steps of two stacks on hosts", async () => {
    // The first had the assets of an interrupted replacement beside those of the job in state.
    const lived = await runInWorkers([1, 2], ["t-36", "content-1"], (_, seed) => runOnHosts(seed, 6));
    for (const { broken, log } of lived) expect(broken, log.join("\n")).to.deep.equal([]);
  });

  it("is what the program declares after random steps on the engine", async () => {
    const { broken, log } = await runOnEngine("content-engine", 2);
    expect(broken, log.join("\n")).to.deep.equal([]);
  });
});
