/** The short form of `npm run prove -- faults`: on the host, of each call what is most likely to go wrong unnoticed. */
import { expect } from "chai";

import { plantAll } from "../secrets/seeded-secrets";
import { Secrets } from "../secrets/secrets";
import { nameOf } from "./case";
import { allCells, runOnHosts } from "./matrix";

const chosen: readonly (readonly [fault: string, duration: string])[] = [
  ["500", "once"],
  ["reset after", "for good"],
  ["404", "for good"],
];

const cells = allCells.filter((cell) =>
  chosen.some(([fault, duration]) => cell.fault === fault && cell.duration === duration),
);

describe("prove: the fault matrix", function () {
  this.timeout("5m");

  it(`keeps every promise in ${cells.length} cells, and no secret is written anywhere`, async () => {
    const secrets = new Secrets();
    plantAll(secrets);
    const results = await runOnHosts(cells, secrets, () => undefined);
    const broken = results.filter((result) => result.broken.length > 0);
    expect(broken.map(({ cell, broken: promises }) => [nameOf(cell), promises])).to.deep.equal([]);
    expect(secrets.leaks).to.deep.equal([]);
    expect(secrets.count).to.be.greaterThan(5);
  });
});
