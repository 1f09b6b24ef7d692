/** Short forms of the suites that run without the engine: in host processes or in this process. */
import { expect } from "chai";

import { runOnHosts as runContent } from "./content/suite";
import { caseName } from "./faults/case";
import { allCases, emptyAnswerCases, runOnHosts } from "./faults/suite";
import { properties, runBatches, splitIntoBatches } from "./fuzz/batch";
import { unobservedDeviations } from "./fuzz/check-vs-service";
import { runRealScript, scriptName } from "./lag/real-run";
import { realScripts, runVirtualScripts } from "./lag/suite";
import { Secrets } from "../harness/secrets";
import type { Failure } from "./suite";
import { Counter } from "./suite";

describe("reliability without the engine", function () {
  this.timeout("10m");

  /** The faults that are missed most easily. */
  const faults = {
    "calls that fail": ["500 once", "reset after permanently", "404 permanently"],
    "answers without content": ["HTML page once", "null members permanently"],
  };
  for (const [what, chosen] of Object.entries(faults)) {
    const cases = [...allCases, ...emptyAnswerCases].filter(({ fault, duration }) =>
      chosen.includes(`${fault} ${duration}`),
    );

    it(`keeps every guarantee and writes no secret in ${cases.length} cases of ${what}`, async () => {
      const secrets = Secrets.seeded();
      const results = await runOnHosts(cases, secrets, "dynamic");
      const broken = results.filter((result) => result.broken.length > 0);
      const found = broken.map(({ faultCase, broken: violations }) => [caseName(faultCase), violations]);
      expect(found).to.deep.equal([]);
      expect(secrets.leaks).to.deep.equal([]);
      expect(secrets.count).to.be.greaterThan(5);
    });
  }

  it("keeps every guarantee in 400 random runs with stale answers on virtual time", async () => {
    expect(await runVirtualScripts(400, 11)).to.deep.equal([]);
  });

  it("keeps every guarantee in processes with stale answers and wrong clocks", async () => {
    const chosen = realScripts.filter((script) =>
      /^import, crash: (listings|.*30 hours)|^upload, pair: replicas/.test(scriptName(script)),
    );
    expect(chosen).to.have.length(3);
    const broken = await Promise.all(chosen.map((script) => runRealScript(script, "dynamic")));
    expect(broken.flat()).to.deep.equal([]);
  });

  // The first seed once left the assets of an interrupted replacement beside those of the job in state.
  for (const seed of ["t-36", "content-1"]) {
    it(`keeps the assets as declared during six random steps with crashes, seed ${seed}`, async () => {
      const { broken, log } = await runContent(seed, 6);
      expect(broken, log.join("\n")).to.deep.equal([]);
    });
  }

  const inputs = 10_000;
  it(`keeps every property of check and diff for ${inputs} generated inputs`, async () => {
    const tally = new Counter();
    const failures: Failure[] = [];
    await runBatches(splitIntoBatches(inputs, 1), 100, (result) => {
      tally.merge(result.counts);
      failures.push(...result.failures);
    });
    expect(failures, failures[0]?.log).to.deep.equal([]);
    for (const { name, share } of properties)
      expect(tally.of(name), name).to.equal(Math.round(inputs * share));
    expect(unobservedDeviations(tally)).to.deep.equal([]);
    // No raw request is answered with 201, because it names resources that do not exist.
    const names = ["accepted", "refused", "CreateJob answered with 400"];
    for (const name of [...names, "CreateJob by the provider's own client"])
      expect(tally.of(name), name).to.be.greaterThan(10);
  });
});
