import { expect } from "chai";
import fc from "fast-check";

import { jobTypes } from "../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../service-model/shape";
import { detailsOf } from "../provider/support/arbitraries";

describe("names of the API", () => {
  it("are ours with a capital letter, at every depth", () =>
    expect(toApiNames({ assetSources: [{ bucket: "b", kmsKeyArn: undefined }], none: null })).to.deep.equal({
      AssetSources: [{ Bucket: "b" }],
    }));

  it("become ours, and dates texts", () =>
    expect(fromApiNames({ CreatedAt: new Date(0), Details: { Keys: ["K"] } })).to.deep.equal({
      createdAt: "1970-01-01T00:00:00.000Z",
      details: { keys: ["K"] },
    }));

  it("take a member named __proto__ for a member", () => {
    const sent = toApiNames(JSON.parse('{"a":1,"__proto__":{"b":2}}')) as object;
    expect(Object.keys(sent)).to.deep.equal(["A", "__proto__"]);
    expect(Object.getPrototypeOf(sent)).to.equal(Object.prototype);
  });

  for (const jobType of jobTypes) {
    it(`lose nothing of the details of ${jobType.type} there and back`, () => {
      fc.assert(
        fc.property(detailsOf(jobType), (details) => {
          expect(fromApiNames(toApiNames(details))).to.deep.equal(JSON.parse(JSON.stringify(details)));
        }),
      );
    });
  }
});
