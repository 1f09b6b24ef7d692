/** The short form of `npm run prove -- upgrade`: `tests/provider/pulumi/upgrade.test.ts` reads the older, partial states. */
import { expect } from "chai";

import { fixtures } from "./fixtures";
import { upgrade } from "./upgrade";

describe("prove: upgrades", function () {
  this.timeout("5m");

  for (const fixture of fixtures().filter(({ name }) => name.startsWith("deployments/"))) {
    it(`reads, refreshes, replaces and destroys what ${fixture.name} holds`, async () => {
      const { broken, resources } = await upgrade(fixture);
      expect(broken).to.deep.equal([]);
      expect(resources).to.be.greaterThan(0);
    });
  }
});
