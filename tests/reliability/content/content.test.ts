/** The short form of `npm run prove -- content`. */
import { expect } from "chai";

import { sideBySide } from "../frame/worker-pool";
import { liveOnEngine, liveOnHosts } from "./part";

describe("prove: content", function () {
  this.timeout("10m");

  it("is what the program declares after random steps of two stacks on hosts", async () => {
    // The first had the assets of an interrupted replacement beside those of the job in state.
    const lived = await sideBySide([1, 2], ["t-36", "content-1"], (_, seed) => liveOnHosts(seed, 6));
    for (const { broken, story } of lived) expect(broken, story.join("\n")).to.deep.equal([]);
  });

  it("is what the program declares after random steps on the engine", async () => {
    const { broken, story } = await liveOnEngine("content-engine", 2);
    expect(broken, story.join("\n")).to.deep.equal([]);
  });
});
