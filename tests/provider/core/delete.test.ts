import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import type { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { host, idsOf, mortal, namesOf } from "../../simulation/host";
import {
  codeOf,
  existing,
  hour,
  revisionId,
  s3Export,
  s3Import,
  tagPolicyImport,
  unfinishedOf,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const deleting = (...keys: string[]) => s3Import(keys, { onDelete: "deleteAssets" });

/** A service with a completed job, and a process that deletes it. */
const completed = async (inputs = deleting("a", "b"), service = new Simulator()) => {
  const { id, outputs } = await host(service).create(inputs);
  const process = host(service);
  const remove = (more: Partial<JobOutputs> = {}) => process.delete(id, { ...outputs, ...more });
  return { service, process, remove, id, outputs };
};

const stateOf = (state: string): JobOutputs => readOutputs({ ...s3Import(), state });

describe("deleteJob", () => {
  it("cancels a waiting job", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "WAITING");
    const process = host(service);
    await process.delete(job.id, stateOf("WAITING"));
    expect([job.state, process.warnings]).to.deep.equal(["CANCELLED", []]);
  });

  for (const [title, passes, state, warnings] of [
    ["leaves a running job, and warns", 0, "IN_PROGRESS", ["running-job-not-stopped"]],
    ["does not warn about a job that has ended meanwhile", 2 * hour, "COMPLETED", []],
  ] as const) {
    it(title, async () => {
      const service = new Simulator({ duration: hour });
      const job = existing(service, s3Export(), "IN_PROGRESS");
      await service.clock.pass(passes);
      const process = host(service);
      await process.delete(job.id, stateOf("IN_PROGRESS"));
      expect([job.state, process.warnings]).to.deep.equal([state, warnings]);
    });
  }

  for (const state of ["COMPLETED", "ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`calls nothing for a job in ${state}`, async () => {
      const service = new Simulator();
      await host(service).delete("job1", stateOf(state));
      expect(service.calls).to.deep.equal([]);
    });
  }

  it("keeps the assets by default", async () => {
    const { service, remove } = await completed(s3Import(["a", "b"]));
    await remove();
    expect(service.assets).to.have.length(2);
  });

  it('deletes only the assets that the job created with onDelete: "deleteAssets"', async () => {
    const service = new Simulator();
    existing(service, s3Import(["a", "b"]), "COMPLETED", { age: 48 * hour });
    const others = idsOf(service.assets);
    const { remove } = await completed(deleting("a", "b"), service);
    await remove();
    expect(idsOf(service.assets)).to.deep.equal(others);
  });

  it("deletes the assets of a job that has ended after its wait timed out", async () => {
    const service = new Simulator();
    const job = existing(service, deleting("a"), "IN_PROGRESS");
    await service.clock.pass(hour);
    const outputs = readOutputs({ ...deleting("a"), state: "IN_PROGRESS", __pending: true });
    await host(service).delete(job.id, outputs);
    expect(service.assets).to.deep.equal([]);
  });

  it("keeps the assets of a finalized revision, warns, and does not make the job run again", async () => {
    const { service, process, remove, id, outputs } = await completed();
    service.finalized.add(revisionId);
    await remove();
    expect(service.assets).to.have.length(2);
    expect(process.diff(id, outputs, deleting("a", "b")).replaces).to.deep.equal([]);
    expect(process.warnings).to.deep.equal(["finalized-revision-keeps-assets"]);
  });

  it("deletes the assets of a finalized revision that is revoked", async () => {
    const { service, process, remove } = await completed();
    service.finalized.add(revisionId);
    service.revoked.add(revisionId);
    await remove();
    expect([service.assets, process.warnings]).to.deep.equal([[], []]);
  });

  it("accepts that jobs, revisions and assets no longer exist", async () => {
    const { service, remove, process } = await completed();
    await process.delete("job9", stateOf("WAITING"));
    await process.delete("job9", stateOf("IN_PROGRESS"));
    service.assets.shift();
    service.fail("getRevision", "notFound");
    await remove();
    expect(service.assets).to.deep.equal([]);
  });

  it("accepts that a job no longer exists between CancelJob and GetJob", async () => {
    const service = new Simulator().fail("cancelJob", "conflict").fail("getJob", "notFound");
    await host(service).delete("job1", stateOf("IN_PROGRESS"));
  });

  it("repeats throttled calls", async () => {
    const { service, remove } = await completed();
    for (const operation of ["getRevision", "deleteAsset"] as const)
      service.fail(operation, "throttled", { times: 4 });
    await remove();
    expect(service.assets).to.deep.equal([]);
  });

  it("keeps the assets of a job that another process created, and warns", async () => {
    const { service, process, remove } = await completed();
    const calls = service.calls.length;
    await remove({ __shared: true });
    expect(service.calls).to.have.length(calls);
    expect(process.warnings).to.deep.equal(["shared-assets-kept"]);
  });

  it("deletes the assets of a replaced import and keeps those of its replacement", async () => {
    const { service, process, remove, id, outputs: old } = await completed();
    await service.clock.pass(hour);
    const inputs = deleting("a", "b", "c");
    process.diff(id, old, inputs);
    const { outputs } = await process.create(inputs);
    await remove();
    expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
  });

  for (let last = 1; last <= 4; last++) {
    for (const takesEffect of [true, false]) {
      const moment = `${takesEffect ? "after" : "before"} call ${last} takes effect`;
      it(`leaves each asset once after it is killed ${moment}, and a new up`, async () => {
        const inputs = deleting("a", "b", "c");
        const { service, id, outputs: old } = await completed(inputs);
        const dying = host(mortal(service, last, takesEffect)).delete(id, old, urn);
        await Promise.race([dying, service.clock.sleep(hour)]);
        const process = host(service);
        const isMissing = service.assets.length < 3;
        const { replaces } = process.diff(id, old, inputs, urn);
        if (isMissing) expect(replaces).to.deep.equal(["assets"]);
        if (replaces.length === 0) return;
        await process.create(inputs, urn);
        await process.delete(id, old, urn);
        expect(namesOf(service.assets)).to.deep.equal(["a", "b", "c"]);
        expect(process.warnings).to.deep.equal([]);
      });
    }
  }

  for (const [title, skip, replaces] of [
    ["does not make the job run again if it is denied", 0, []],
    ["makes the job run again if it is denied after the first asset", 1, ["assets"]],
  ] as const) {
    it(title, async () => {
      const { service, process, remove, id, outputs } = await completed();
      service.fail("deleteAsset", "accessDenied", { skip });
      expect(await codeOf(remove())).to.equal("access-denied");
      expect(process.diff(id, outputs, deleting("a", "b")).replaces).to.deep.equal(replaces);
    });
  }

  for (const [onDelete, jobs] of [
    ["deleteAssets", 2],
    ["retain", 1],
  ] as const) {
    it(`leaves each asset once after a destroy and a new up with onDelete: "${onDelete}"`, async () => {
      const { service, remove } = await completed(s3Import(["a"], { onDelete }));
      await remove();
      expect((await host(service).create(s3Import(["a"], { onDelete }))).outputs.assets).to.have.length(1);
      expect([service.assets.length, service.effects().length]).to.deep.equal([1, jobs]);
    });
  }
});

/** Another stack's job does the same work at the same time, and only its assets remain. */
const otherStack = async (service: Simulator, inputs: JobInputs): Promise<string[]> => {
  const { outputs } = await host(service, { machine: {} }).create({ ...inputs, adopt: "none" });
  const ids = idsOf(outputs.assets);
  const left = service.assets.filter(({ id }) => ids.includes(id));
  service.assets.splice(0, Infinity, ...left);
  return ids;
};

describe("assets of another job of the same time", () => {
  for (const inputs of [s3Import(["a"]), tagPolicyImport()]) {
    it(`stay, with a warning, if an interrupted ${inputs.type} is withdrawn`, async () => {
      const service = new Simulator({ duration: 2_000 });
      void host(mortal(service, 5, true)).create({ ...inputs, triggers: [1] }, urn);
      await service.clock.pass(500);
      const others = await otherStack(service, inputs);
      const { create, warnings } = host(service);
      await create({ ...inputs, triggers: [2] }, urn);
      expect(idsOf(service.assets)).to.include.members(others);
      expect(warnings).to.deep.equal(["ambiguous-assets-kept"]);
    });
  }

  it("stay, with a warning, if a job is deleted whose wait timed out", async () => {
    const service = new Simulator({ duration: 20_000 });
    const others = service.clock.pass(100).then(() => otherStack(service, deleting("a")));
    const waiting = host(service).create({ ...deleting("a"), timeouts: { run: "5s" } }, urn);
    const { id, outputs } = await unfinishedOf(waiting);
    const left = await others;
    const process = host(service);
    await process.delete(id, outputs, urn);
    expect(idsOf(service.assets)).to.deep.equal(left);
    expect(process.warnings).to.deep.equal(["ambiguous-assets-kept"]);
  });

  it("do not prevent a retry from deleting the assets of the previous failed run", async () => {
    const details = { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "b" }] };
    const errors = [{ code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "no", details }];
    const service = new Simulator({ duration: 1_000, outcome: () => ({ state: "ERROR", errors }) });
    const inputs = s3Import(["a", "b"]);
    let state: UnfinishedJobError | undefined;
    for (let run = 1; run <= 4; run++) {
      const process = host(service);
      if (state) process.diff(state.id, state.outputs, inputs, urn);
      const failing = unfinishedOf(process.create(inputs, urn));
      await service.clock.pass(900);
      const running = service.jobs.find((job) => job.state === "IN_PROGRESS");
      if (running) {
        running.updatedAt = service.clock.iso();
        service.complete({ ...running, details: s3Import(["a"]).details });
      }
      state = await failing;
      expect(idsOf(service.assets), `run ${run}`).to.have.length(1);
    }
  });
});
