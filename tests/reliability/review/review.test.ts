/** Short form of `npm run prove -- review`. */
import { expect } from "chai";

import { runReviews } from "./suite";

describe("reliability: the review", function () {
  this.timeout("10m");

  it("says what four random programs then do", async () => {
    const { broken } = await runReviews("review", 4);
    expect(broken, broken.map(({ story }) => story).join("\n")).to.deep.equal([]);
  });
});
