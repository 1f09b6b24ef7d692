import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { forEachHostProcess } from "../harness/hosts";
import { isAlive, kill, running, until } from "../harness/processes";
import { declareJob, importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import { expectSuccess } from "../harness/stack";

forEachHostProcess("failed and interrupted jobs", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  afterEach(() => shared.stack.clearState());

  it("stay in state with the service's message, and run again in the next up", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "here.csv": "1", "a.csv": "1" });
    const program = declareJob(
      importArgs(revision, ["here.csv", "missing.csv"], { onDelete: "deleteAssets" }),
    );
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
    expectSuccess(retried);
    const done = await stack.job();
    expect(done.outputs.state).to.equal("COMPLETED");
    expect(done.id).not.to.equal(kept.id);
    expect(done.initErrors ?? []).to.have.length(0);
    // The assets that the failed job had imported are deleted.
    expect(await service.listAssetNames(revision)).to.deep.equal(["here.csv", "missing.csv"]);

    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });
  });

  it("resume in the next up after timeouts.run expired", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    const release = service.local.pauseJobs();
    const waited = await stack.up(declareJob(importArgs(revision, ["a.csv"], { timeouts: { run: "1s" } })));
    const left = await stack.job();
    expect(waited.stderr + waited.stdout)
      .to.contain(left.id)
      .and.contain("[run-timeout]");
    expect(left.outputs.state).to.equal("IN_PROGRESS");

    const program = declareJob(importArgs(revision, ["a.csv"], { timeouts: { run: "5m" } }));
    expect((await stack.preview(program)).changes).to.deep.equal({ update: 1, same: 1 });
    release();
    const resumed = await stack.up(program);
    expectSuccess(resumed);
    const done = await stack.job();
    expect(done.id).to.equal(left.id);
    expect(done.outputs.state).to.equal("COMPLETED");
    expect(done.outputs.assets).to.have.length(1);
    expect(service.local.jobs().find(({ id }) => id === left.id)?.startCount).to.equal(1);
  });

  describe("a job whose engine is killed", () => {
    const orphans: number[] = [];
    let revision: RevisionIds;
    let program: PulumiFn;
    let release: () => void;

    beforeEach(async () => {
      revision = await shared.service.createEmptyRevision();
      program = declareJob(importArgs(revision, ["a.csv"]));
      shared.service.local.clearRequests();
      release = shared.service.local.pauseJobs();
    });
    afterEach(() => {
      release();
      orphans.filter(isAlive).forEach(kill);
    });

    // A call of a killed host may be answered and recorded during the next test, so each test counts its own jobs.
    const ownJobs = () =>
      shared.service.local
        .jobs()
        .filter(({ details }) => details.importAssetsFromS3?.revisionId === revision.revisionId);
    const starts = () => ownJobs().reduce((sum, { startCount }) => sum + startCount, 0);

    /** Runs the program until the condition, and kills the engine. Returns the process id of the provider host, which keeps running. */
    async function upUntil(condition: () => boolean): Promise<number> {
      const { stack } = shared;
      const first = stack.up(program);
      await until(condition);
      const { engine, host } = running();
      orphans.push(host!);
      kill(engine!);
      await first;
      await stack.stack.cancel();
      return host!;
    }

    async function expectOneJob(): Promise<void> {
      const { outputs } = await shared.stack.job();
      expect(outputs.state).to.equal("COMPLETED");
      expect(outputs.assets).to.have.length(1);
      expect(starts()).to.equal(1);
      expect(await shared.service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
    }

    it("runs once when the next up meets the orphaned host, which then ends", async () => {
      const { stack, service } = shared;
      const host = await upUntil(() => starts() === 1);
      expect(isAlive(host)).to.equal(true);
      const second = stack.up(program);
      await until(() => service.countCalls().ListJobs! > 3);
      release();
      expectSuccess(await second);
      await expectOneJob();
      await until(() => !isAlive(host));
    });

    it("is not started by the orphaned host, and runs once in the next up", async () => {
      const { stack, service } = shared;
      const late = service.local.faults.add({ operation: "CreateJob", when: "after", delayMs: 1_500 });
      await upUntil(() => ownJobs().length === 1);
      late.remove();
      // The orphan checks whether its engine is alive before the next call.
      const hasAnswer = () =>
        service.local.requests.some(({ operation, status }) => operation === "CreateJob" && status === 201);
      await until(hasAnswer);
      expect(starts()).to.equal(0);
      release();
      expectSuccess(await stack.up(program));
      await expectOneJob();
    });
  });
});
