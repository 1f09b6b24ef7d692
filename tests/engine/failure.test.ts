import { expect } from "chai";

import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

describe("a job that fails", function () {
  this.timeout("5m");
  const shared = useStack();

  it("stays in state with its id and what the service said, and the next up runs it again", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    await service.createBucket("source", { "here.csv": "1" });
    const program = declareJob(importArgs(place, ["here.csv", "missing.csv"], { onDelete: "deleteAssets" }));

    const failed = await stack.up(program);
    const kept = await stack.job();
    expect(failed.error).to.be.an("error");
    expect(failed.stderr + failed.stdout)
      .to.contain(`Job ${kept.id} (IMPORT_ASSETS_FROM_S3) ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION`)
      .and.to.contain("s3://source/missing.csv")
      .and.to.contain("The next `pulumi up` runs it again");
    expect(kept.outputs.state).to.equal("ERROR");
    expect(kept.initErrors).to.have.length(1);

    const preview = await stack.preview(program);
    expect(preview.changes).to.deep.include({ replace: 1 });

    await service.putObject("source", "missing.csv", "2");
    const retried = await stack.up(program);
    expect(retried.error?.message).to.equal(undefined);
    const done = await stack.job();
    expect(done.outputs.state).to.equal("COMPLETED");
    expect(done.id).not.to.equal(kept.id);
    expect(done.initErrors ?? []).to.have.length(0);
    // What the failed run had imported before it failed went with it.
    expect(await service.listAssetNames(place)).to.deep.equal(["here.csv", "missing.csv"]);

    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });
  });

  it("that the service refuses to create leaves nothing in state, and a sentence", async () => {
    const { stack, service } = shared;
    await stack.clearState();
    const place = await service.createEmptyRevision();
    service.local.faults.add({ operation: "CreateJob", error: "AccessDeniedException", times: 1 });
    const refused = await stack.up(declareJob(importArgs(place, ["here.csv"])));
    expect(refused.stderr + refused.stdout).to.contain("[access-denied]");
    expect(await stack.jobs()).to.have.length(0);
  });
});

describe("a wait that runs out", function () {
  this.timeout("5m");
  const shared = useStack();

  it("is said so and is gone on with by the next up, as the same job", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const release = service.local.pauseJobs();
    const waited = await stack.up(declareJob(importArgs(place, ["a.csv"], { timeouts: { run: "1s" } })));
    const left = await stack.job();
    expect(waited.stderr + waited.stdout)
      .to.contain(left.id)
      .and.contain("[run-timeout]");
    expect(left.outputs.state).to.equal("IN_PROGRESS");

    const program = declareJob(importArgs(place, ["a.csv"], { timeouts: { run: "5m" } }));
    expect((await stack.preview(program)).changes).to.deep.equal({ update: 1, same: 1 });
    release();
    const resumed = await stack.up(program);
    expect(resumed.error?.message).to.equal(undefined);
    const done = await stack.job();
    expect(done.id).to.equal(left.id);
    expect(done.outputs.state).to.equal("COMPLETED");
    expect(done.outputs.assets).to.have.length(1);
    expect(service.local.jobs().map(({ startCount }) => startCount)).to.deep.equal([1]);
  });
});
