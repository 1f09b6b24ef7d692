/** The recorded preview of the plugin. An engine test compares it with that of the real engine. */
import { readFileSync } from "node:fs";

import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import type { Review } from "../../review/review";
import { reviewOf } from "../../review/review";
import { effectsOf, reasonsOf, rowOf } from "./expected";

describe("the review of the recorded preview of the plugin", () => {
  let review: Review;
  before(() => {
    review = reviewOf(parsePreview(readFileSync("tests/fixtures/previews/plugin.json", "utf8")));
  });

  const reasons: Record<string, [action: string, ...reasons: object[]]> = {
    prices: ["rerun", { kind: "items-changed", added: ["s3://source/b.csv"] }, { kind: "triggers-changed" }],
    text: ["rerun", { kind: "upload-changed" }],
    api: ["rerun", { kind: "secret-changed", paths: ["details.importAssetFromApiGatewayApi.apiKey"] }],
    hidden: ["rerun", { kind: "secret-changed", paths: ["details.importAssetsFromS3.assetSources[0]"] }],
    failed: ["rerun", { kind: "failed", state: "ERROR" }],
    moved: ["rerun", { kind: "region-changed", from: "us-east-1", to: "eu-west-1" }],
    migratedAndChanged: ["rerun", { kind: "items-changed", removed: ["s3://source/a.csv"] }],
    waiting: ["possibleRerun", { kind: "not-known-yet", property: "provider" }],
    waitingAndChanged: ["rerun", { kind: "items-changed" }, { kind: "not-known-yet", property: "provider" }],
    "set[failed]": ["rerun", { kind: "failed" }],
    "set[secret]": ["possibleRerun", { kind: "hidden" }],
  };
  for (const [name, [action, ...expected]] of Object.entries(reasons)) {
    it(`says why ${name} runs`, () => {
      const row = rowOf(review, name);
      expect(row.action).to.equal(action);
      expect(reasonsOf(row)).to.have.length(expected.length).and.to.containSubset(expected);
    });
  }

  it("lists no job that stays, such as those that go over from the dynamic provider unchanged", () => {
    expect(review.running.map(({ urn }) => urn.name)).to.have.members([...Object.keys(reasons), "movedToo"]);
    expect(review.unaffected).to.equal(4);
  });

  it("has the effects on jobs that do not run", () => {
    const formerAssets = { names: ["a.csv"], outcome: "deleted" };
    expect(effectsOf(review)).to.containSubset([
      ["gone", { kind: "retained" }],
      ["imported", { kind: "imported" }],
      ["set[changed]", { kind: "former-deleted", assets: formerAssets }],
    ]);
  });

  it("uses the quota of the job's provider, and names its unknown settings", () => {
    expect(review.queues).to.containSubset([{ region: "eu-west-1", jobs: 2, quota: 1, waves: 2 }]);
    const [reason] = rowOf(review, "waiting").reasons;
    expect(reason).to.containSubset({
      what: { members: ["region"], of: { name: "later" } },
      until: [{ urn: { name: "prices" }, op: "replace" }],
    });
    expect(review.deferred).to.deep.equal([]);
  });
});
