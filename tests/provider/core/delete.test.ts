import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { host, mortal } from "../support/host";
import {
  codeOf,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  tagPolicyImport,
  urn,
} from "../support/samples";
import { Simulator } from "../support/simulator";

const made = async (service: Simulator, inputs = s3Import(["a", "b"], { onDelete: "deleteAssets" })) => {
  const created = await host(service).create(inputs);
  service.calls.length = 0;
  return created;
};

const stateOf = (state: string, more: Partial<JobOutputs> = {}): JobOutputs =>
  readOutputs({ ...s3Import(), state, ...more });

const idsOf = (assets: readonly { id: string }[]) => assets.map(({ id }) => id);

/** Another stack's job for the same work, which has run at the same time. */
const otherStack = (service: Simulator, inputs: JobInputs) =>
  host(service, { machine: {} }).create({ ...inputs, adopt: "none" });

/** Somebody deletes the assets that the other stack's state does not name. */
const loseOwn = (service: Simulator, others: readonly { id: string }[]) => {
  const kept = service.assets.filter(({ id }) => idsOf(others).includes(id));
  service.assets.splice(0, Infinity, ...kept);
};

describe("delete", () => {
  it("cancels a job that waits", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "WAITING");
    const process = host(service);
    await process.delete(job.id, stateOf("WAITING"));
    expect(job.state).to.equal("CANCELLED");
    expect(process.warnings).to.deep.equal([]);
  });

  it("leaves a job that runs to its end, and warns", async () => {
    const service = new Simulator({ duration: hour });
    const job = existing(service, s3Import(), "IN_PROGRESS");
    const process = host(service);
    await process.delete(job.id, stateOf("IN_PROGRESS"));
    expect(job.state).to.equal("IN_PROGRESS");
    expect(process.warnings).to.deep.equal(["running-job-not-stopped"]);
  });

  it("warns of nothing when the job has ended meanwhile", async () => {
    const service = new Simulator();
    const job = existing(service, s3Export(), "IN_PROGRESS");
    await service.clock.pass(hour);
    const process = host(service);
    await process.delete(job.id, stateOf("IN_PROGRESS"));
    expect(process.warnings).to.deep.equal([]);
  });

  for (const state of ["COMPLETED", "ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`asks the service nothing for a job in ${state}`, async () => {
      const service = new Simulator();
      await host(service).delete("job1", stateOf(state));
      expect(service.calls).to.deep.equal([]);
    });
  }

  it("keeps the assets unless told otherwise", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service, s3Import(["a", "b"]));
    await host(service).delete(id, outputs);
    expect(service.assets).to.have.length(2);
  });

  it('deletes the assets that the job made, and no others, with "deleteAssets"', async () => {
    const service = new Simulator();
    existing(service, s3Import(["a", "b"]), "COMPLETED", { age: 48 * hour });
    const others = service.assets.map(({ id }) => id);
    const { id, outputs } = await made(service);
    await host(service).delete(id, outputs);
    expect(service.assets.map((asset) => asset.id)).to.deep.equal(others);
  });

  it('deletes the assets of a job that ended after its wait ran out, with "deleteAssets"', async () => {
    const service = new Simulator();
    const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
    const job = existing(service, inputs, "IN_PROGRESS");
    await service.clock.pass(hour);
    await host(service).delete(job.id, readOutputs({ ...inputs, state: "IN_PROGRESS", __pending: true }));
    expect(service.assets).to.deep.equal([]);
  });

  it("leaves the assets of a finalized revision and says so, without failing", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service);
    service.finalized.add(revisionId);
    const process = host(service);
    await process.delete(id, outputs);
    expect(service.assets).to.have.length(2);
    expect(process.warnings).to.deep.equal(["finalized-revision-keeps-assets"]);
  });

  it("deletes the assets of a finalized revision that has been revoked", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service);
    service.finalized.add(revisionId);
    service.revoked.add(revisionId);
    const process = host(service);
    await process.delete(id, outputs);
    expect(service.assets).to.deep.equal([]);
    expect(process.warnings).to.deep.equal([]);
  });

  it("takes missing jobs, revisions and assets for deleted", async () => {
    const service = new Simulator();
    await host(service).delete("job9", stateOf("WAITING"));
    await host(service).delete("job9", stateOf("IN_PROGRESS"));
    const { id, outputs } = await made(service);
    service.assets.shift();
    service.fail("getRevision", "notFound");
    await host(service).delete(id, outputs);
    expect(service.assets).to.deep.equal([]);
  });

  it("takes a job for deleted whose record vanishes between CancelJob and GetJob", async () => {
    const service = new Simulator().fail("cancelJob", "conflict").fail("getJob", "notFound");
    await host(service).delete("job1", stateOf("IN_PROGRESS"));
  });

  it("bears throttling", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service);
    for (const operation of ["getRevision", "deleteAsset"] as const)
      service.fail(operation, "throttled", { times: 4 });
    await host(service).delete(id, outputs);
    expect(service.assets).to.deep.equal([]);
  });

  it("tells a failure with the job, the call and what to do", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service);
    service.fail("deleteAsset", "accessDenied", { facts: { action: "dataexchange:DeleteAsset" } });
    expect(await codeOf(host(service).delete(id, outputs))).to.equal("access-denied");
  });

  it("leaves the assets of a job that another process made, and says so", async () => {
    const service = new Simulator();
    const { id, outputs } = await made(service);
    const process = host(service);
    await process.delete(id, { ...outputs, __shared: true });
    expect(service.calls).to.deep.equal([]);
    expect(process.warnings).to.deep.equal(["shared-assets-kept"]);
  });

  it("leaves no doubles when a replaced import deletes the assets of the old job", async () => {
    const service = new Simulator();
    const process = host(service);
    const old = await made(service);
    await service.clock.pass(hour);
    const inputs = s3Import(["a", "b", "c"], { onDelete: "deleteAssets" });
    process.diff(old.id, old.outputs, inputs);
    const { outputs } = await process.create(inputs);
    await process.delete(old.id, old.outputs);
    expect(service.assets.map(({ id }) => id)).to.deep.equal(outputs.assets.map(({ id }) => id));
  });

  it('imports again after a destroy with "deleteAssets", and makes no doubles after one without', async () => {
    for (const [onDelete, jobs] of [
      ["deleteAssets", 2],
      ["retain", 1],
    ] as const) {
      const service = new Simulator();
      const { id, outputs } = await made(service, s3Import(["a"], { onDelete }));
      await host(service).delete(id, outputs);
      expect((await host(service).create(s3Import(["a"], { onDelete }))).outputs.assets).to.have.length(1);
      expect(service.assets).to.have.length(1);
      expect(service.effects()).to.have.length(jobs);
    }
  });
});

describe("assets of another job of the same time", () => {
  for (const inputs of [s3Import(["a"]), tagPolicyImport()]) {
    it(`stay when what an interrupted ${inputs.type} left is taken away, and a warning says so`, async () => {
      const service = new Simulator({ duration: 2_000 });
      void host(mortal(service, 5, true)).create({ ...inputs, triggers: [1] }, urn);
      await service.clock.pass(500);
      const other = await otherStack(service, inputs);
      loseOwn(service, other.outputs.assets);
      const { create, warnings } = host(service);
      await create({ ...inputs, triggers: [2] }, urn);
      expect(idsOf(service.assets)).to.include.members(idsOf(other.outputs.assets));
      expect(warnings).to.deep.equal(["ambiguous-assets-kept"]);
    });
  }

  it("stay when a job is deleted whose wait had run out", async () => {
    const service = new Simulator({ duration: 20_000 });
    const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
    const others = service.clock.pass(100).then(() => otherStack(service, inputs));
    const waiting = host(service).create({ ...inputs, timeouts: { run: "5s" } }, urn);
    const { id, outputs } = await failureOf(waiting, UnfinishedJobError);
    const other = await others;
    loseOwn(service, other.outputs.assets);
    const process = host(service);
    await process.delete(id, outputs, urn);
    expect(idsOf(service.assets)).to.deep.equal(idsOf(other.outputs.assets));
    expect(process.warnings).to.deep.equal(["ambiguous-assets-kept"]);
  });

  it("do not keep a retry from taking away what the retry before it has left", async () => {
    const error = { code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "no" };
    const importAssetsFromS3JobErrorDetails = [{ bucket: "source", key: "b" }];
    const errors = [{ ...error, details: { importAssetsFromS3JobErrorDetails } }];
    const service = new Simulator({ duration: 1_000, outcome: () => ({ state: "ERROR", errors }) });
    const inputs = s3Import(["a", "b"]);
    let state: { id: string; outputs: UnfinishedJobError["outputs"] } | undefined;
    for (let run = 1; run <= 4; run++) {
      const process = host(service);
      if (state) process.diff(state.id, state.outputs, inputs, urn);
      const failing = failureOf(process.create(inputs, urn), UnfinishedJobError);
      await service.clock.pass(900);
      const running = service.jobs.find((job) => job.state === "IN_PROGRESS");
      if (running) {
        running.details = s3Import(["a"]).details;
        service.complete(Object.assign(running, { updatedAt: service.clock.iso() }));
        running.details = inputs.details;
      }
      state = await failing;
      expect(idsOf(service.assets), `run ${run}`).to.have.length(1);
    }
  });
});
