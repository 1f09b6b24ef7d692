/** The short form of `npm run prove -- lag`. */
import { expect } from "chai";

import { nameOf as cellName } from "../faults/case";
import { emptyCells, runOnHosts } from "../faults/matrix";
import { sideBySide } from "../frame/worker-pool";
import { plantAll } from "../secrets/seeded-secrets";
import { Secrets } from "../secrets/secrets";
import { realCases } from "./cases";
import { runVirtually } from "./part";
import { liveReally, nameOf } from "./real-life";

describe("prove: answers that are behind or off", function () {
  this.timeout("5m");

  it("keep every promise in 400 random lives on virtual time", async () => {
    expect(await runVirtually(400, 11)).to.deep.equal([]);
  });

  it("keep every promise in real processes", async () => {
    const chosen = realCases.filter(
      ({ name, kind, start }) =>
        (kind === "import" && start === "crash" && /^listings|30 hours/.test(name)) ||
        (kind === "upload" && start === "pair" && /^replicas/.test(name)),
    );
    expect(chosen).to.have.length(3);
    const broken = await sideBySide([1, 2, 3], chosen, async (_, script) => [
      nameOf(script),
      await liveReally(script),
    ]);
    expect(broken).to.deep.equal(chosen.map((script) => [nameOf(script), []]));
  });

  it("keep every promise when calls are answered without content", async () => {
    const cells = emptyCells.filter(
      ({ fault, duration }) =>
        (fault === "HTML page" && duration === "once") ||
        (fault === "null members" && duration === "for good"),
    );
    const secrets = new Secrets();
    plantAll(secrets);
    const results = await runOnHosts(cells, secrets, () => undefined);
    const broken = results.filter((result) => result.broken.length > 0);
    expect(broken.map(({ cell, broken: promises }) => [cellName(cell), promises])).to.deep.equal([]);
    expect(secrets.leaks).to.deep.equal([]);
  });
});
