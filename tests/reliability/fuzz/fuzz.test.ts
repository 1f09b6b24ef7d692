/** The short form of `npm run prove -- fuzz`. */
import { expect } from "chai";

import { unseenDeviations } from "./check-vs-service";
import type { Broken } from "./batch";
import { batchesOf, runBatches } from "./batch";
import { properties } from "./properties";
import { Tally } from "./counter";

const inputs = 10_000;

describe("prove: fuzz", function () {
  this.timeout("5m");

  it(`holds of ${inputs} inputs what it holds of a million, on one seed`, async () => {
    const tally = new Tally();
    const broken: Broken[] = [];
    await runBatches(batchesOf(inputs, 1), 100, (result) => {
      tally.merge(result.counts);
      broken.push(...result.broken);
    });
    expect(
      broken.map(({ property, batch, story }) => `${property}, seed ${batch.seed}\n${story}`),
    ).to.deep.equal([]);
    expect(properties.map(({ name }) => tally.of(name))).to.deep.equal(
      properties.map(({ share }) => Math.round(inputs * share)),
    );
    expect(unseenDeviations(tally)).to.deep.equal([]);
    for (const kind of [
      "accepted",
      "refused",
      "CreateJob answered with 201",
      "CreateJob answered with 400",
    ]) {
      // Ids are made up, so that what the raw requests name is never there.
      if (kind !== "CreateJob answered with 201") expect(tally.of(kind), kind).to.be.greaterThan(10);
    }
    expect(tally.of("CreateJob by the provider's own client")).to.be.greaterThan(10);
  });
});
