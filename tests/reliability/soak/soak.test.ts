/** The short form of `npm run prove -- soak`. */
import { expect } from "chai";

import { soak } from "./soak";

describe("prove: the soak", function () {
  this.timeout("5m");

  it("ends with forty jobs of all types completed, none lost, none twice", async () => {
    const { broken, answers, story } = await soak({
      jobs: 40,
      jobDuration: 100,
      seed: "soak",
      progress: () => undefined,
    });
    expect(broken, story).to.deep.equal([]);
    // Trouble there was.
    expect(answers.throttled).to.be.greaterThan(10);
    expect(answers.serverErrors).to.be.greaterThan(2);
  });
});
