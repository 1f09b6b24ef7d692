import { expect } from "chai";

import type { Message } from "../../../../lib/message-code";
import type { GetDataSetArgs } from "../../../../provider/core/lookups/get-data-set";
import { getDataSet } from "../../../../provider/core/lookups/get-data-set";
import type { DataSetOrigin, ServiceDataSet } from "../../../../service-model/job";
import { codeOf, failureOf } from "../../../simulation/samples";
import { scene } from "./scene";

const dataSetWith = (id: string, name: string, origin: DataSetOrigin = "ENTITLED"): ServiceDataSet => ({
  id,
  arn: `arn:aws:dataexchange:us-east-1::data-sets/${id}`,
  name,
  description: `About ${name}`,
  assetType: "S3_SNAPSHOT",
  origin,
  createdAt: "2026-01-05T10:00:00.000Z",
});

describe("getDataSet", () => {
  const some = [dataSetWith("d1", "prices"), dataSetWith("d2", "ticks"), dataSetWith("d3", "ticks", "OWNED")];

  function lookUpIn(dataSets: ServiceDataSet[], args: GetDataSetArgs) {
    const { service, run } = scene();
    service.dataSets.push(...dataSets);
    return { service, found: run(getDataSet, args) };
  }
  const idOf = async (args: GetDataSetArgs, dataSets = some) =>
    (await lookUpIn(dataSets, args).found).dataSetId;
  const failure = (args: GetDataSetArgs, dataSets = some) =>
    failureOf<Error & Message>(lookUpIn(dataSets, args).found);

  it("shows the data set with the name, owned or entitled", async () => {
    expect(await lookUpIn(some, { name: "prices" }).found).to.deep.equal({
      dataSetId: "d1",
      arn: "arn:aws:dataexchange:us-east-1::data-sets/d1",
      name: "prices",
      description: "About prices",
      assetType: "S3_SNAPSHOT",
      origin: "ENTITLED",
      createdAt: "2026-01-05T10:00:00.000Z",
    });
    expect(await idOf({ name: "mine" }, [...some, dataSetWith("d4", "mine", "OWNED")])).to.equal("d4");
  });

  it("lists one origin if it is given, and both otherwise", async () => {
    for (const [origin, id] of [
      ["ENTITLED", "d2"],
      ["OWNED", "d3"],
    ] as const) {
      const { service, found } = lookUpIn(some, { name: "ticks", origin });
      expect(await found).to.include({ dataSetId: id, origin });
      expect(service.calls.map(({ subject }) => subject)).to.deep.equal([origin]);
    }
    const { service, found } = lookUpIn(some, { name: "prices" });
    await found;
    expect(service.calls.map(({ subject }) => subject)).to.have.members(["OWNED", "ENTITLED"]);
  });

  it("is found behind the first 200", async () => {
    const others = Array.from({ length: 200 }, (_, n) => dataSetWith(`other${n}`, `other ${n}`));
    expect(await idOf({ name: "prices" }, [...others, ...some])).to.equal("d1");
  });

  it("fails if several have the name, with their ids", async () => {
    const both = await failure({ name: "ticks" });
    expect(both.code).to.equal("ambiguous-data-set-name");
    expect(both.text)
      .to.contain('"ticks"')
      .and.contain("d2 (ENTITLED), d3 (OWNED)")
      .and.contain("Give origin");
    const again = [...some, dataSetWith("d0", "prices")];
    const { code, text } = await failure({ name: "prices" }, again);
    expect(code).to.equal("ambiguous-data-set-name");
    expect(text).to.contain("d0 (ENTITLED), d1 (ENTITLED)").and.not.contain("Give origin");
    expect(await codeOf(idOf({ name: "prices", origin: "ENTITLED" }, again))).to.equal(code);
  });

  it("fails if none has exactly the name, with each name that there is once", async () => {
    for (const name of ["Prices", "price", "prices ", "tick"]) {
      const { code, text } = await failure({ name });
      expect(code, name).to.equal("data-set-not-found");
      expect(text).to.contain(JSON.stringify(name)).and.contain('are "prices", "ticks".');
    }
    const { text } = await failure({ name: "prices", origin: "OWNED" });
    expect(text)
      .to.contain("No OWNED data set")
      .and.contain('The names are "ticks".')
      .and.contain("the origin");
    const more = [dataSetWith("d5", "b"), dataSetWith("d4", "a"), ...some];
    expect((await failure({ name: "x" }, more)).text).to.contain('"a", "b", "prices", "ticks".');
    expect((await failure({ name: "x" }, [])).text).to.contain("There is no data set.");
  });

  it("fails with the name and the action if a call is denied", async () => {
    const { service, run } = scene();
    service.fail("listDataSets", "accessDenied");
    const { code, text } = await failureOf<Error & Message>(run(getDataSet, { name: "prices" }));
    expect(code).to.equal("access-denied");
    expect(text)
      .to.match(/^Data set "prices": /)
      .and.contain("Allow dataexchange:ListDataSets");
  });

  it("fails before a call for arguments that no data set can match", async () => {
    for (const [code, args] of [
      ["empty-value", { name: "" }],
      ["unknown-value", { name: "prices", origin: "SHARED" as never }],
      ["missing-member", {} as never],
    ] as const) {
      const { service, found } = lookUpIn(some, args);
      expect(await codeOf(found), code).to.equal(code);
      expect(service.calls, code).to.deep.equal([]);
    }
  });
});
