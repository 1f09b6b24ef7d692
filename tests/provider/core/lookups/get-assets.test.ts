import { expect } from "chai";

import type { Message } from "../../../../lib/message-code";
import type { GetAssetsArgs } from "../../../../provider/core/lookups/get-assets";
import { getAssets } from "../../../../provider/core/lookups/get-assets";
import { codeOf, dataSetId, failureOf, revisionId } from "../../../simulation/samples";
import { revisionWith, scene } from "./scene";

describe("getAssets", () => {
  const names = ["b/2.csv", "a.csv", "a.csv", ".env", "b/1.txt"];
  /** The names that a lookup selects from a revision, by the ids and names of its assets. */
  function assetsOf(args: Partial<GetAssetsArgs> = {}, present = names) {
    const { service, warnings, run } = scene({ pageSize: 2 });
    service.revisions.push(revisionWith(revisionId, 30));
    present.forEach((name, index) => {
      const facts = { arn: `arn:${name}`, assetType: "S3_SNAPSHOT", createdAt: service.clock.iso() };
      // Ids descend, so that an order by id shows.
      service.assets.push({ dataSetId, revisionId, id: `asset${9 - index}`, name, ...facts });
    });
    return { service, warnings, found: run(getAssets, { dataSetId, revisionId, ...args }) };
  }
  const select = async (args: Partial<GetAssetsArgs>) =>
    (await assetsOf(args).found).assets.map(({ name }) => name);

  it("are all assets in the order of names and ids, in whatever order they are listed", async () => {
    const { assets, assetIds, ...revision } = await assetsOf().found;
    expect(assetIds).to.deep.equal(assets.map(({ id }) => id));
    expect(revision).to.deep.equal({ dataSetId, revisionId });
    expect(assets.map(({ id, name }) => `${name} ${id}`)).to.deep.equal([
      ".env asset6",
      "a.csv asset7",
      "a.csv asset8",
      "b/1.txt asset5",
      "b/2.csv asset9",
    ]);
    expect(assets[1]).to.deep.equal({
      id: "asset7",
      arn: "arn:a.csv",
      name: "a.csv",
      assetType: "S3_SNAPSHOT",
    });
  });

  it("are in the same order in every language", async () => {
    const { assets } = await assetsOf({}, ["a", "ä", "B"]).found;
    expect(assets.map(({ name }) => name)).to.deep.equal(["B", "a", "ä"]);
  });

  it("are those that the patterns select", async () => {
    expect(await select({ include: ["*.csv"] })).to.deep.equal(["a.csv", "a.csv"]);
    expect(await select({ include: ["**/*.csv", "!a.*"] })).to.deep.equal(["b/2.csv"]);
    expect(await select({ exclude: ["b/"] })).to.deep.equal([".env", "a.csv", "a.csv"]);
    expect(await select({ include: ["**"] })).to.not.include(".env");
  });

  it("are those of the latest revision if none is given", async () => {
    const { service, found } = assetsOf({ revisionId: undefined });
    expect((await found).revisionId).to.equal(revisionId);
    expect(service.story()).to.include.members(["listRevisions", "listRevisionAssets"]);
  });

  it("are none of a revision without assets, but patterns must select one", async () => {
    expect((await assetsOf({}, []).found).assets).to.deep.equal([]);
    for (const patterns of [{ include: ["*.xml"] }, { exclude: ["**", ".*"] }, { include: [] }])
      expect(await codeOf(assetsOf(patterns).found)).to.equal("no-matching-asset");
    const { text } = await failureOf<Error & Message>(assetsOf({ include: ["*.xml"] }).found);
    expect(text).to.contain('It has ".env", "a.csv", "b/1.txt", "b/2.csv".').and.contain(revisionId);
    const empty = await failureOf<Error & Message>(assetsOf({ include: ["*.xml"] }, []).found);
    expect(empty.text).to.contain("It has no assets.");
  });

  it("warn of a pattern that matches nothing beside others that do", async () => {
    const { warnings, found } = assetsOf({ include: ["*.csv", "*.xml"] });
    await found;
    expect(warnings.map(({ code }) => code)).to.deep.equal(["unused-pattern"]);
    expect(warnings[0]!.text).to.contain("include[1]").and.not.contain("include[0]");
  });

  it("fail before a call for arguments that the service cannot accept", async () => {
    for (const [code, args] of [
      ["unmatchable-pattern", { include: ["../a"] }],
      ["wrong-type", { include: "*.csv" as never }],
      ["arn-not-id", { dataSetId: "arn:aws:dataexchange:us-east-1::data-sets/d1" }],
      ["missing-member", { dataSetId: undefined as never }],
      ["unknown-member", { nameMatches: ["*.csv"] } as never],
    ] as const) {
      const { service, found } = assetsOf(args);
      expect(await codeOf(found), code).to.equal(code);
      expect(service.calls, code).to.deep.equal([]);
    }
  });
});
