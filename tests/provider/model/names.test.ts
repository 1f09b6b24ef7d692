import { expect } from "chai";
import fc from "fast-check";

import { jobTypes } from "../../../provider/model/job-types";
import { fromApiNames, toApiNames } from "../../../provider/model/names";
import { detailsOf } from "../support/arbitraries";

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
