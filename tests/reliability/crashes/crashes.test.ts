/** The short form of `npm run prove -- crashes`: `tests/engine/crash.test.ts` has the import. */
import { expect } from "chai";

import { EngineStack } from "../engine/stack";
import { plantAll } from "../secrets/seeded-secrets";
import { Secrets } from "../secrets/secrets";
import type { Crash } from "./crash";
import { nameOf, oneByOne, runCrash } from "./crash";
import { works } from "./work";

const work = (name: string) => works.find((each) => each.name === name)!;

const chosen: readonly Crash[] = [
  {
    work: work("upload"),
    boundary: { call: "UploadBody", nth: 1, side: "after" },
    kill: "engine, host races",
  },
  { work: work("set"), boundary: { call: "StartJob", nth: 1, side: "after" }, kill: "engine and host" },
  { work: work("export"), boundary: { call: "StartJob", nth: 1, side: "after" }, kill: "host" },
];

describe("prove: the crash matrix", function () {
  this.timeout("5m");
  const secrets = new Secrets();
  let stack: EngineStack;

  before(async function () {
    // A first run may have to build the Pulumi CLI.
    this.timeout("15m");
    plantAll(secrets);
    stack = await EngineStack.open(secrets);
  });
  after(() => stack?.close());

  for (const crash of chosen) {
    it(`ends with each job once: ${nameOf(crash)}`, async () => {
      const { broken } = await runCrash(crash, stack, secrets, oneByOne());
      expect(broken).to.deep.equal([]);
    });
  }
});
