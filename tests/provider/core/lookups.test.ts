import { expect } from "chai";

import type { Message } from "../../../lib/message-code";
import type { GetAssetsArgs } from "../../../provider/core/lookups/get-assets";
import { getAssets } from "../../../provider/core/lookups/get-assets";
import { getJob } from "../../../provider/core/lookups/get-job";
import { getLatestRevision, getRevision } from "../../../provider/core/lookups/get-revision";
import type { Lookup } from "../../../provider/core/lookups/lookup";
import { lookUp } from "../../../provider/core/lookups/lookup";
import type { ServiceRevision } from "../../../service-model/job";
import {
  apiImport,
  codeOf,
  dataSetId,
  day,
  existing,
  failureOf,
  revisionId,
  urlExport,
} from "../../simulation/samples";
import type { SimulatorOptions } from "../../simulation/simulator";
import { Simulator } from "../../simulation/simulator";

const revisionWith = (id: string, minute: number, flags: Partial<ServiceRevision> = {}): ServiceRevision => ({
  id,
  arn: `arn:aws:dataexchange:us-east-1::data-sets/${dataSetId}/revisions/${id}`,
  finalized: true,
  createdAt: `2026-01-05T10:${minute}:00.000Z`,
  ...flags,
});

function scene(options?: SimulatorOptions) {
  const service = new Simulator(options);
  const warnings: Message[] = [];
  const context = { service, warn: (message: Message) => void warnings.push(message) };
  return {
    service,
    warnings,
    run: <Args extends object, Result extends object>(lookup: Lookup<Args, Result>, args: Args) =>
      lookUp(lookup, args, context),
  };
}

describe("getLatestRevision", () => {
  /** The latest of revisions that are listed in this order. */
  const latestOf = (revisions: ServiceRevision[], options?: SimulatorOptions) => {
    const { service, run } = scene(options);
    service.revisions.push(...revisions);
    return { service, latest: run(getLatestRevision, { dataSetId }) };
  };

  it("is the newest that is finalized and not revoked", async () => {
    const revisions = [
      revisionWith("open", 50, { finalized: false }),
      revisionWith("revoked", 40, { revoked: true }),
      revisionWith("latest", 30, { comment: "January" }),
      revisionWith("older", 20),
    ];
    expect(await latestOf(revisions).latest).to.deep.equal({
      dataSetId,
      revisionId: "latest",
      arn: `arn:aws:dataexchange:us-east-1::data-sets/${dataSetId}/revisions/latest`,
      comment: "January",
      finalized: true,
      revoked: false,
      createdAt: "2026-01-05T10:30:00.000Z",
    });
  });

  it("is the same in whatever order revisions of one time are listed", async () => {
    const revisions = [revisionWith("b", 30), revisionWith("a", 30), revisionWith("0", 20)];
    for (const listed of [revisions, [...revisions].reverse()])
      expect((await latestOf(listed).latest).revisionId).to.equal("a");
  });

  it("is found on a later page, and reads no page after it", async () => {
    const revisions = [
      revisionWith("open", 50, { finalized: false }),
      revisionWith("latest", 40),
      revisionWith("older", 30),
    ];
    const { service, latest } = latestOf(revisions, { pageSize: 1 });
    expect((await latest).revisionId).to.equal("latest");
    expect(service.count("listRevisions")).to.equal(2);
  });

  it("fails with the number of revisions of each kind if none can be used", async () => {
    const revoked = revisionWith("revoked", 40, { revoked: true });
    const open = [50, 30].map((minute) => revisionWith(`open${minute}`, minute, { finalized: false }));
    const { text } = await failureOf<Error & Message>(latestOf([revoked, ...open], { pageSize: 2 }).latest);
    expect(text).to.contain("(1 revoked, 2 not finalized)").and.contain(dataSetId);
    expect(await codeOf(latestOf([revoked]).latest)).to.equal("no-finalized-revision");
    expect(await codeOf(latestOf([]).latest)).to.equal("no-finalized-revision");
  });

  it("fails with the data set and the action if a call is denied, and with the data set if there is none", async () => {
    for (const [kind, code, words] of [
      ["accessDenied", "access-denied", "Allow dataexchange:ListRevisions"],
      ["notFound", "resource-not-found", "ListRevisions failed"],
    ] as const) {
      const { service, run } = scene();
      service.fail("listRevisions", kind);
      const error = await failureOf<Error & Message>(run(getLatestRevision, { dataSetId }));
      expect(error.code).to.equal(code);
      expect(error.text)
        .to.match(new RegExp(`^Data set ${dataSetId}: `))
        .and.contain(words);
    }
  });
});

describe("getRevision", () => {
  it("shows a revision in any state", async () => {
    const { service, run } = scene();
    service.revisions.push(revisionWith(revisionId, 30, { finalized: false }));
    const found = await run(getRevision, { dataSetId, revisionId });
    expect(found).to.include({ dataSetId, revisionId, finalized: false, revoked: false });
    expect(found).to.not.have.property("comment");
  });

  it("fails with the revision's id", async () => {
    const { service, run } = scene();
    service.fail("getRevision", "notFound");
    const error = await failureOf<Error & Message>(run(getRevision, { dataSetId, revisionId }));
    expect(error.code).to.equal("resource-not-found");
    expect(error.text).to.contain(`Revision ${revisionId}`);
  });
});

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
    const { assets, ...revision } = await assetsOf().found;
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
    expect(text).to.contain('It has ".env", "a.csv", "a.csv" and 2 more.').and.contain(revisionId);
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

describe("getJob", () => {
  const jobId = (n: number) => `job${n}`.padEnd(32, "0");

  it("shows a job without credentials and without times that change", async () => {
    for (const inputs of [urlExport(), apiImport({ apiKey: "planted-key" })]) {
      const { service, run } = scene({ jobId });
      const { id } = existing(service, inputs, "COMPLETED");
      const found = await run(getJob, { jobId: id });
      expect(found).to.include({ jobId: id, type: inputs.type, state: "COMPLETED" });
      expect(found).to.have.all.keys("jobId", "arn", "type", "state", "details", "errors", "createdAt");
      expect(JSON.stringify(found)).to.not.match(/SECRET|planted-key|ExpiresAt/);
      expect(Object.keys(found.details)).to.deep.equal(Object.keys(inputs.details));
    }
  });

  it("fails for a job that the service has deleted", async () => {
    const { service, run } = scene({ jobId });
    const { id } = existing(service, urlExport(), "COMPLETED", { age: 91 * day });
    const error = await failureOf<Error & Message>(run(getJob, { jobId: id }));
    expect(error.code).to.equal("job-not-found");
    expect(error.text).to.contain(`Job ${id}`).and.contain("90 days");
  });
});
