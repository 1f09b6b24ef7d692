import { version as sdkVersion } from "@pulumi/pulumi/version";
import { expect } from "chai";

import { Job } from "../../index";
import { forEachHost } from "../harness/hosts";
import { declareJob, importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import { expectSuccess, valuesOf } from "../harness/stack";

forEachHost("reads of jobs on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  const passesIds = Number(sdkVersion.split(".")[1]) >= 268;
  const canLookUp = host.differs("lookup", { dynamic: passesIds, plugin: true });
  let revision: RevisionIds;

  before(async () => {
    revision = await shared.service.createEmptyRevision();
    await shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
  });
  afterEach(() => shared.stack.clearState());

  it("change nothing after completion, and drop a deleted asset", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(revision, ["a.csv", "b.csv"])));
    const { outputs } = await stack.job();
    expect((await stack.refresh()).changes).to.deep.equal({ same: 2 });
    expect((await stack.job()).outputs).to.deep.equal(outputs);

    const [deleted, kept] = outputs.assets;
    await service.deleteAsset(revision, deleted!.id);
    await stack.refresh();
    const [asset, ...others] = (await stack.job()).outputs.assets;
    expect(others).to.deep.equal([]);
    expect(asset).to.deep.include({ id: kept!.id, name: "b.csv" });
    const derived = host.differs("assets", { dynamic: [], plugin: ["arn", "assetType"] });
    expect(asset).to.have.all.keys("id", "name", ...derived);
    expect((await stack.up()).changes).to.deep.equal({ same: 2 });
  });

  it("return a job of another stack by Job.get", async () => {
    const { stack, service } = shared;
    const { revisionId } = await service.importAsset(revision, "source", "a.csv");
    const { id } = service.local.jobs().at(-1)!;
    const found = await stack.up(() => {
      const { state, type, details, assets } = Job.get("found", id);
      const revision = details.apply((known) => (known.importAssetsFromS3 as RevisionIds).revisionId);
      return Promise.resolve({ state, type, name: assets.apply(([asset]) => asset?.name), revision });
    });
    if (!canLookUp) {
      expect(found.stderr + found.stdout).to.contain(`Job.get("found") needs @pulumi/pulumi 3.268 or later`);
      return;
    }
    const type = "IMPORT_ASSETS_FROM_S3";
    const values = { state: "COMPLETED", type, name: "a.csv", revision: revisionId };
    expect(valuesOf(expectSuccess(found))).to.deep.equal(values);
  });

  it("fail if Job.get names a job that does not exist", async () => {
    const { stack } = shared;
    const { error, stdout, stderr } = await stack.up(() =>
      Promise.resolve({ state: Job.get("missing", "0".repeat(32)).state }),
    );
    expect(error).to.be.an("error");
    if (canLookUp) expect(stderr + stdout).to.contain("There is no job 000");
  });
});
