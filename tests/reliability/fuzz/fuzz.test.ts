/** Short form of `npm run prove -- fuzz`. */
import { expect } from "chai";

import { unobservedDeviations } from "./check-vs-service";
import type { BrokenProperty } from "./batch";
import { Counter, properties, runBatches, splitIntoBatches } from "./batch";

const inputs = 10_000;

describe("reliability: fuzzing of check and diff", function () {
  this.timeout("5m");

  it(`keeps every property for ${inputs} inputs of one seed`, async () => {
    const tally = new Counter();
    const broken: BrokenProperty[] = [];
    await runBatches(splitIntoBatches(inputs, 1), 100, (result) => {
      tally.merge(result.counts);
      broken.push(...result.broken);
    });
    expect(
      broken.map(({ property, batch, story }) => `${property}, seed ${batch.seed}\n${story}`),
    ).to.deep.equal([]);
    expect(properties.map(({ name }) => tally.of(name))).to.deep.equal(
      properties.map(({ share }) => Math.round(inputs * share)),
    );
    expect(unobservedDeviations(tally)).to.deep.equal([]);
    for (const kind of [
      "accepted",
      "refused",
      "CreateJob answered with 201",
      "CreateJob answered with 400",
    ]) {
      // The raw requests name resources that do not exist.
      if (kind !== "CreateJob answered with 201") expect(tally.of(kind), kind).to.be.greaterThan(10);
    }
    expect(tally.of("CreateJob by the provider's own client")).to.be.greaterThan(10);
  });
});
