/** Short form of `npm run prove -- upgrade`. */
import { expect } from "chai";

import { fixtures } from "./fixtures";
import { upgrade } from "./suite";

describe("reliability: upgrades", function () {
  this.timeout("5m");

  for (const fixture of fixtures().filter(({ name }) => name.startsWith("deployments/"))) {
    it(`reads, refreshes, replaces and destroys what ${fixture.name} holds`, async () => {
      const { broken, resources } = await upgrade(fixture);
      expect(broken).to.deep.equal([]);
      expect(resources).to.be.greaterThan(0);
    });
  }
});
