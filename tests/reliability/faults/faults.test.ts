/** Short form of `npm run prove -- faults`, and of the calls without content of `npm run prove -- lag`, on hosts. */
import { expect } from "chai";

import { Secrets } from "../secrets/secrets";
import { caseName } from "./case";
import { allCases, emptyAnswerCases, runOnHosts } from "./suite";

/** The cases that are missed most easily. */
const chosen = {
  "calls that fail": ["500 once", "reset after for good", "404 for good"],
  "answers without content": ["HTML page once", "null members for good"],
};

describe("the fault matrix", function () {
  this.timeout("5m");

  for (const [what, faults] of Object.entries(chosen)) {
    const cases = [...allCases, ...emptyAnswerCases].filter(({ fault, duration }) =>
      faults.includes(`${fault} ${duration}`),
    );

    it(`keeps every promise and writes no secret in ${cases.length} cases of ${what}`, async () => {
      const secrets = Secrets.seeded();
      const results = await runOnHosts(cases, secrets);
      const broken = results.filter((result) => result.broken.length > 0);
      const found = broken.map(({ faultCase, broken: promises }) => [caseName(faultCase), promises]);
      expect(found).to.deep.equal([]);
      expect(secrets.leaks).to.deep.equal([]);
      expect(secrets.count).to.be.greaterThan(5);
    });
  }
});
