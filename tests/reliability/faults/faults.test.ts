/** Short form of `npm run prove -- faults`: the faults of each call that are easiest to miss, on hosts. */
import { expect } from "chai";

import { Secrets, addSeededSecrets } from "../secrets/secrets";
import { caseName } from "./case";
import { allCases, runOnHosts } from "./suite";

const chosen: readonly (readonly [fault: string, duration: string])[] = [
  ["500", "once"],
  ["reset after", "for good"],
  ["404", "for good"],
];

const cases = allCases.filter((faultCase) =>
  chosen.some(([fault, duration]) => faultCase.fault === fault && faultCase.duration === duration),
);

describe("reliability: the fault matrix", function () {
  this.timeout("5m");

  it(`keeps every promise and writes no secret in ${cases.length} cases`, async () => {
    const secrets = new Secrets();
    addSeededSecrets(secrets);
    const results = await runOnHosts(cases, secrets, () => undefined);
    const broken = results.filter((result) => result.broken.length > 0);
    expect(broken.map(({ faultCase, broken: promises }) => [caseName(faultCase), promises])).to.deep.equal(
      [],
    );
    expect(secrets.leaks).to.deep.equal([]);
    expect(secrets.count).to.be.greaterThan(5);
  });
});
