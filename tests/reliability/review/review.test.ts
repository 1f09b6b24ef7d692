/** Short form of `npm run prove -- review`. */
import { expect } from "chai";

import { runReviews } from "./suite";

describe("the review of random programs", function () {
  this.timeout("10m");

  it("says what four programs then do", async () => {
    const { broken } = await runReviews("review", 4);
    expect(broken, broken[0]?.log).to.deep.equal([]);
  });
});
