/** Short forms of the suites that run on the real engine; `tests/engine/failure.test.ts` covers the crash of an import. */
import { expect } from "chai";

import { runOnEngine } from "./content/suite";
import type { Kill } from "./crashes/crash";
import { runCrash } from "./crashes/crash";
import { crashScenarios } from "./crashes/scenarios";
import { withSearchedStacks } from "./engine-stack";
import type { Boundary } from "./proxy";
import { boundaryText } from "./proxy";
import { runRace } from "./racing/race";
import { runReviews } from "./review/suite";
import type { HostName } from "../harness/host-differences";
import { hostNames } from "../harness/host-differences";
import { setHost } from "../harness/hosts";
import { Secrets } from "../harness/secrets";
import { runSoak } from "./soak/suite";
import { fixtures } from "./upgrade/fixtures";
import { upgrade } from "./upgrade/suite";

describe("reliability on the engine", function () {
  // A first run may have to build the Pulumi CLI.
  this.timeout("15m");

  after(() => setHost("dynamic"));

  const crashes: readonly (readonly [HostName, scenario: string, boundary: Boundary, kill: Kill])[] = [
    ["dynamic", "upload", { call: "UploadBody", nth: 1, side: "after" }, "engine, host races"],
    ["plugin", "set", { call: "StartJob", nth: 1, side: "after" }, "engine and host"],
    ["plugin", "upload", { call: "StartJob", nth: 1, side: "after" }, "engine, host continues first"],
    ["dynamic", "export", { call: "StartJob", nth: 1, side: "after" }, "host"],
  ];
  for (const [host, name, boundary, kill] of crashes) {
    it(`runs each job of the program "${name}" (${host}) once after a crash: ${boundaryText(boundary)}, ${kill}`, async () => {
      const scenario = crashScenarios.find((each) => each.name === name)!;
      const secrets = Secrets.seeded();
      const { broken } = await withSearchedStacks(1, secrets, host, ([stack]) =>
        runCrash({ scenario, boundary, kill }, stack!, secrets),
      );
      expect(broken).to.deep.equal([]);
    });
  }

  it("runs each job of two racing providers once after a crash of both and of their engine", async () => {
    const secrets = Secrets.seeded();
    const boundary = { call: "StartJob", nth: 1, side: "after" } as const;
    const { broken } = await withSearchedStacks(1, secrets, "plugin", ([stack]) =>
      runRace({ providers: 2, boundary, killed: "all" }, stack!, secrets),
    );
    expect(broken).to.deep.equal([]);
  });

  it("keeps the assets as declared during two random steps with crashes", async () => {
    const { broken, log } = await runOnEngine("content-engine", 2);
    expect(broken, log.join("\n")).to.deep.equal([]);
  });

  for (const host of hostNames) {
    it(`reviews four random programs with the ${host} provider and agrees with what \`pulumi up\` then does`, async () => {
      const { broken } = await runReviews("review", 4, host);
      expect(broken, broken[0]?.log).to.deep.equal([]);
    });
  }

  it("completes forty jobs of all types, each exactly once, while a quarter of the calls fail", async () => {
    const { broken, answers, log } = await runSoak({ jobs: 40, jobDuration: 100, seed: "soak" });
    expect(broken, log).to.deep.equal([]);
    // Faults were applied.
    expect(answers.of("throttled")).to.be.greaterThan(10);
    expect(answers.of("server error")).to.be.greaterThan(2);
  });

  for (const fixture of fixtures().filter(({ name }) => name.startsWith("deployments/"))) {
    it(`reads, refreshes, replaces and destroys the state in ${fixture.name}`, async () => {
      const { broken, resources } = await upgrade(fixture);
      expect(broken).to.deep.equal([]);
      expect(resources).to.be.greaterThan(0);
    });
  }
});
