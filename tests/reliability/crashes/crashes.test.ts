/** Short form of `npm run prove -- crashes`; `tests/engine/failure.test.ts` covers the import. */
import { expect } from "chai";

import { SearchedStack } from "../engine-stack";
import { Secrets, addSeededSecrets } from "../secrets/secrets";
import type { Crash } from "./crash";
import { nameOf, runExclusive, runCrash } from "./crash";
import { crashScenarios } from "./scenarios";

const scenario = (name: string) => crashScenarios.find((each) => each.name === name)!;

const chosen: readonly Crash[] = [
  {
    scenario: scenario("upload"),
    boundary: { call: "UploadBody", nth: 1, side: "after" },
    kill: "engine, host races",
  },
  {
    scenario: scenario("set"),
    boundary: { call: "StartJob", nth: 1, side: "after" },
    kill: "engine and host",
  },
  { scenario: scenario("export"), boundary: { call: "StartJob", nth: 1, side: "after" }, kill: "host" },
];

describe("reliability: the crash matrix", function () {
  this.timeout("5m");
  const secrets = new Secrets();
  let stack: SearchedStack;

  before(async function () {
    // A first run may have to build the Pulumi CLI.
    this.timeout("15m");
    addSeededSecrets(secrets);
    stack = await SearchedStack.open(secrets);
  });
  after(() => stack?.close());

  for (const crash of chosen) {
    it(`ends with each job once: ${nameOf(crash)}`, async () => {
      const { broken } = await runCrash(crash, stack, secrets, runExclusive());
      expect(broken).to.deep.equal([]);
    });
  }
});
