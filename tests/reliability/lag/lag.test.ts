/** Short form of `npm run prove -- lag`. */
import { expect } from "chai";

import { caseName } from "../faults/case";
import { emptyAnswerCases, runOnHosts } from "../faults/suite";
import { runInWorkers } from "../suite";
import { Secrets, addSeededSecrets } from "../secrets/secrets";
import { realScripts, runVirtualScripts } from "./suite";
import { runRealScript, scriptName } from "./real-run";

describe("reliability: stale answers and wrong clocks", function () {
  this.timeout("5m");

  it("keep every promise in 400 random runs on virtual time", async () => {
    expect(await runVirtualScripts(400, 11)).to.deep.equal([]);
  });

  it("keep every promise in real processes", async () => {
    const chosen = realScripts.filter(
      ({ name, kind, start }) =>
        (kind === "import" && start === "crash" && /^listings|30 hours/.test(name)) ||
        (kind === "upload" && start === "pair" && /^replicas/.test(name)),
    );
    expect(chosen).to.have.length(3);
    const broken = await runInWorkers([1, 2, 3], chosen, async (_, script) => [
      scriptName(script),
      await runRealScript(script),
    ]);
    expect(broken).to.deep.equal(chosen.map((script) => [scriptName(script), []]));
  });

  it("keep every promise when calls are answered without content", async () => {
    const cases = emptyAnswerCases.filter(
      ({ fault, duration }) =>
        (fault === "HTML page" && duration === "once") ||
        (fault === "null members" && duration === "for good"),
    );
    const secrets = new Secrets();
    addSeededSecrets(secrets);
    const results = await runOnHosts(cases, secrets, () => undefined);
    const broken = results.filter((result) => result.broken.length > 0);
    expect(broken.map(({ faultCase, broken: promises }) => [caseName(faultCase), promises])).to.deep.equal(
      [],
    );
    expect(secrets.leaks).to.deep.equal([]);
  });
});
