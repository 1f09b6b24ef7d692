/** Short form of `npm run prove -- crashes`; `tests/engine/failure.test.ts` covers the import. */
import { expect } from "chai";

import { withSearchedStacks } from "../engine-stack";
import type { Boundary } from "../proxy";
import { Secrets } from "../secrets/secrets";
import type { Kill } from "./crash";
import { boundaryText, runCrash } from "./crash";
import { crashScenarios } from "./scenarios";

const crashes: readonly (readonly [scenario: string, boundary: Boundary, kill: Kill])[] = [
  ["upload", { call: "UploadBody", nth: 1, side: "after" }, "engine, host races"],
  ["set", { call: "StartJob", nth: 1, side: "after" }, "engine and host"],
  ["export", { call: "StartJob", nth: 1, side: "after" }, "host"],
];

describe("the crash matrix", function () {
  // A first run may have to build the Pulumi CLI.
  this.timeout("15m");

  for (const [name, boundary, kill] of crashes) {
    it(`runs each job of the program "${name}" once after a crash: ${boundaryText(boundary)}, ${kill}`, async () => {
      const scenario = crashScenarios.find((each) => each.name === name)!;
      const secrets = Secrets.seeded();
      const { broken } = await withSearchedStacks(1, secrets, ([stack]) =>
        runCrash({ scenario, boundary, kill }, stack!, secrets),
      );
      expect(broken).to.deep.equal([]);
    });
  }
});
