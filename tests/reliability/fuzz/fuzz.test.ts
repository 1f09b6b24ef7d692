/** Short form of `npm run prove -- fuzz`. */
import { expect } from "chai";

import type { Failure } from "../suite";
import { Counter } from "../suite";
import { properties, runBatches, splitIntoBatches } from "./batch";
import { unobservedDeviations } from "./check-vs-service";

const inputs = 10_000;

describe("check and diff with generated inputs", function () {
  this.timeout("5m");

  it(`keep every property for ${inputs} inputs of one seed`, async () => {
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
    const counts = [
      "accepted",
      "refused",
      "CreateJob answered with 400",
      "CreateJob by the provider's own client",
    ];
    for (const name of counts) expect(tally.of(name), name).to.be.greaterThan(10);
  });
});
