/** Short form of `npm run prove -- soak`. */
import { expect } from "chai";

import { runSoak } from "./soak";

describe("reliability: the soak", function () {
  this.timeout("5m");

  it("completes forty jobs of all types, none lost, none twice", async () => {
    const { broken, answers, story } = await runSoak({
      jobs: 40,
      jobDuration: 100,
      seed: "soak",
      progress: () => undefined,
    });
    expect(broken, story).to.deep.equal([]);
    // Faults were applied.
    expect(answers.throttled).to.be.greaterThan(10);
    expect(answers.serverErrors).to.be.greaterThan(2);
  });
});
