/** Short form of `npm run prove -- soak`. */
import { expect } from "chai";

import { runSoak } from "./soak";

describe("the soak", function () {
  this.timeout("5m");

  it("completes forty jobs of all types, each exactly once", async () => {
    const { broken, answers, log } = await runSoak({ jobs: 40, jobDuration: 100, seed: "soak" });
    expect(broken, log).to.deep.equal([]);
    // Faults were applied.
    expect(answers.of("throttled")).to.be.greaterThan(10);
    expect(answers.of("server error")).to.be.greaterThan(2);
  });
});
