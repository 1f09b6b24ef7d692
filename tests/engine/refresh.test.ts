import { CancelJobCommand } from "@aws-sdk/client-dataexchange";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { expect } from "chai";

import { Job } from "../../index";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

/** Earlier SDKs pass a dynamic provider nothing to look up. */
const tellsProvidersWhatToGet = Number(sdkVersion.split(".")[1]) >= 268;

describe("refresh", function () {
  this.timeout("5m");
  const shared = useStack();
  let place: { dataSetId: string; revisionId: string };

  before(async () => {
    place = await shared.service.createEmptyRevision();
    await shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
  });

  afterEach(() => shared.stack.clearState());

  it("after completion finds nothing to change, and sees that an asset has been deleted", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(place, ["a.csv", "b.csv"])));
    const { outputs } = await stack.job();
    expect((await stack.refresh()).changes).to.deep.equal({ same: 2 });
    expect((await stack.job()).outputs).to.deep.equal(outputs);

    await service.deleteAsset(place, outputs.assets[0]!.id);
    await stack.refresh();
    expect((await stack.job()).outputs.assets).to.deep.equal([{ id: outputs.assets[1]!.id, name: "b.csv" }]);
    expect((await stack.up()).changes).to.deep.equal({ same: 2 });
  });

  it("after an outside cancel sees it, and the next up makes a new job", async () => {
    const { stack, service } = shared;
    // The job is made and then never started: StartJob stays denied for this one run.
    const denied = service.local.faults.add({
      operation: "StartJob",
      error: "AccessDeniedException",
      times: "always",
    });
    const program = declareJob(importArgs(place, ["b.csv"]));
    await stack.up(program);
    denied.remove();
    const waiting = await stack.job();
    expect(waiting.outputs.state).to.equal("WAITING");

    await service.dataExchange.send(new CancelJobCommand({ JobId: waiting.id }));
    await stack.refresh();
    expect((await stack.job()).outputs.state).to.equal("CANCELLED");

    expect((await stack.up(program)).error?.message).to.equal(undefined);
    const done = await stack.job();
    expect(done.id).not.to.equal(waiting.id);
    expect(done.outputs.state).to.equal("COMPLETED");
  });

  it("after the record of a completed job expired keeps it, and nothing runs again", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    await stack.up(program);
    const { id } = await stack.job();
    service.local.clock.advance("91d");
    expect((await stack.refresh()).changes).to.deep.equal({ same: 2 });
    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });
    expect((await stack.job()).id).to.equal(id);
  });

  it("after the record of a job that never ended expired drops it, and the next up makes a new one", async () => {
    const { stack, service } = shared;
    const denied = service.local.faults.add({
      operation: "StartJob",
      error: "AccessDeniedException",
      times: "always",
    });
    const program = declareJob(importArgs(place, ["b.csv"]));
    await stack.up(program);
    denied.remove();
    service.local.clock.advance("91d");
    await stack.refresh();
    expect(await stack.jobs()).to.have.length(0);
    expect((await stack.up(program)).changes).to.deep.include({ create: 1 });
  });

  it("Job.get looks up a job that this stack does not own", async () => {
    const { stack, service } = shared;
    const { revisionId } = await service.importAsset(place, "source", "a.csv");
    const { id } = service.local.jobs().at(-1)!;
    const found = await stack.up(() => {
      const { state, type, details, assets } = Job.get("found", id);
      const name = assets.apply(([asset]) => asset?.name);
      return Promise.resolve({
        state,
        type,
        name,
        revision: details.apply((known) => (known.importAssetsFromS3 as { revisionId: string }).revisionId),
      });
    });
    if (!tellsProvidersWhatToGet) {
      expect(found.stderr + found.stdout).to.contain(`Job.get("found") needs @pulumi/pulumi 3.268 or later`);
      return;
    }
    expect(found.error?.message).to.equal(undefined);
    expect(found.outputs.state?.value).to.equal("COMPLETED");
    expect(found.outputs.type?.value).to.equal("IMPORT_ASSETS_FROM_S3");
    expect(found.outputs.revision?.value).to.equal(revisionId);
    expect(found.outputs.name?.value).to.equal("a.csv");
  });

  it("Job.get of a job that is not there says so", async () => {
    const { stack } = shared;
    const missing = await stack.up(() => {
      const { state } = Job.get("missing", "0".repeat(32));
      return Promise.resolve({ state });
    });
    expect(missing.error).to.be.an("error");
    if (tellsProvidersWhatToGet) expect(missing.stderr + missing.stdout).to.contain("There is no job 000");
  });
});
