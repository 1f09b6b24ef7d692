import { expect } from "chai";

import { readOutputs } from "../../../provider/core/state";
import type { Operation } from "../../simulation/faults";
import { serviceError } from "../../simulation/faults";
import { expectOneJob, host, namesOf, statesOf } from "../../simulation/host";
import { codeOf, existing, failureOf, hour, s3Import, unfinishedOf, upload } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const minute = 60_000;
const imported = s3Import(["a"]);
const importFor = (request: string) => s3Import(["a"], { timeouts: { request } });

/** A service at which one call of the operation gets no answer. */
const hanging = (operation: Operation) => new Simulator().fail(operation, "unavailable", { hangs: true });

describe("the provider, if calls get no answer", () => {
  for (const operation of ["listJobs", "createJob", "startJob", "listRevisionAssets"] as const) {
    it(`aborts ${operation} after timeouts.request`, async () => {
      const service = hanging(operation);
      const started = service.clock.now();
      const { message } = await failureOf(host(service).create(importFor("5m")));
      expect(message).to.match(
        new RegExp(`${operation} failed with Timeout.*\\[service-unavailable\\]`, "i"),
      );
      // A job that was created runs for five seconds before its assets are listed.
      expect(service.clock.now() - started).to.be.within(5 * minute, 5 * minute + 10_000);
    });
  }

  it("aborts a call after the rest of timeouts.request if earlier calls failed", async () => {
    const service = new Simulator().fail("startJob", "unavailable", { times: 8 });
    service.fail("startJob", "unavailable", { hangs: true });
    const started = service.clock.now();
    await failureOf(host(service).create(importFor("5m")));
    expect(service.clock.now() - started).to.equal(5 * minute);
    expect(service.count("startJob")).to.equal(9);
  });

  for (const [title, operation, limit] of [
    ["gives up an endpoint that no call of the run has reached after 30 s", "createJob", 30_000],
    ["gives up an endpoint that an earlier call has reached at timeouts.request", "startJob", 5 * minute],
  ] as const) {
    it(title, async () => {
      const facts = { refusedBy: "127.0.0.1:4" };
      const service = new Simulator().fail(operation, "unavailable", { times: Infinity, facts });
      const started = service.clock.now();
      expect(await codeOf(host(service).create(importFor("5m")))).to.equal("connection-refused");
      // No pause between two calls is longer than 20 s.
      expect(service.clock.now() - started).to.be.within(limit - 20_000, limit);
    });
  }

  for (const [isAccepted, effects] of [
    [true, ["job1"]],
    [false, ["job2"]],
  ] as const) {
    it(`runs an upload once if a StartJob without an answer was ${isAccepted ? "" : "not "}accepted`, async () => {
      const service = new Simulator({ duration: hour });
      const startJob = service.startJob.bind(service);
      let attempts = 0;
      service.startJob = async (id) => {
        const isFirst = attempts++ === 0;
        if (isFirst && isAccepted) await startJob(id);
        throw serviceError("startJob", isFirst ? "unavailable" : "throttled");
      };
      const inputs = upload("x", { timeouts: { request: "2m" } });
      const process = host(service);
      let { id, outputs } = await unfinishedOf(process.create(inputs));
      expect(outputs).to.include({ state: "IN_PROGRESS", __pending: true });
      service.startJob = startJob;
      if (!isAccepted) {
        service.fail("put", "expired");
        const gone = await unfinishedOf(process.update(id, outputs, inputs));
        const { replaces } = process.diff(id, gone.outputs, inputs);
        expect([gone.code, replaces]).to.deep.equal(["job-gone-before-start", ["state"]]);
        ({ id, outputs } = await process.create(inputs));
      } else outputs = await process.update(id, outputs, inputs);
      expect([outputs.state, service.effects()]).to.deep.equal(["COMPLETED", effects]);
    });
  }

  it("replaces an upload of which every StartJob was throttled, or found no service", async () => {
    for (const [kind, facts] of [
      ["throttled", {}],
      ["unavailable", { refusedBy: "127.0.0.1:4" }],
    ] as const) {
      const service = new Simulator().fail("startJob", kind, { times: Infinity, facts });
      const { id, outputs } = await unfinishedOf(host(service).create(upload()));
      expect(host(service).diff(id, outputs, upload()).replaces).to.deep.equal(["state"]);
    }
  });

  it("resumes an upload whose StartJob was accepted without an answer and whose GetJob fails", async () => {
    for (const kind of ["unavailable", "accessDenied"] as const) {
      const service = new Simulator({ duration: hour });
      service.fail("startJob", "unavailable", { after: true }).fail("getJob", kind, { times: Infinity });
      const inputs = upload("x", { timeouts: { request: "2m" } });
      const { outputs } = await unfinishedOf(host(service).create(inputs));
      expect(outputs.state).to.equal("IN_PROGRESS");
      expect(host(service).diff("job1", outputs, inputs)).to.deep.equal({ replaces: [], updates: true });
    }
  });

  it("aborts an upload after timeouts.upload, and cancels the job", async () => {
    const service = hanging("put");
    const started = service.clock.now();
    const inputs = upload("x", { timeouts: { upload: "20m" } });
    expect(await codeOf(host(service).create(inputs))).to.equal("upload-timeout");
    expect(statesOf(service.jobs)).to.deep.equal(["CANCELLED"]);
    expect(service.clock.now() - started).to.equal(20 * minute);
  });

  it("runs a job again whose deletion got no answer, although a late listing still shows its assets", async () => {
    const inputs = s3Import(["a", "b"], { onDelete: "deleteAssets" });
    const service = new Simulator();
    const { id, outputs } = await host(service).create(inputs);
    const items = structuredClone(service.assets);
    service.listRevisionAssets = () => Promise.resolve({ items });
    service.fail("deleteAsset", "unavailable", { hangs: true, after: true });
    const process = host(service);
    expect(await codeOf(process.delete(id, outputs))).to.equal("service-unavailable");
    expect(process.diff(id, outputs, inputs).replaces).to.deep.equal(["assets"]);
  });

  for (const [what, operation] of [
    ["read", "getJob"],
    ["delete", "deleteAsset"],
  ] as const) {
    it(`retries a ${what} until timeouts.request of the state`, async () => {
      const service = new Simulator();
      const { id, outputs } = await host(service).create({ ...importFor("1m"), onDelete: "deleteAssets" });
      const began = service.clock.now();
      service.fail(operation, "unavailable", { times: 1_000 });
      await failureOf<Error>(host(service)[what](id, outputs));
      expect(service.clock.now() - began).to.be.at.most(minute);
    });
  }
});

describe("the provider, if StartJob is refused", () => {
  for (const [limitName, calls] of [
    ["Assets per revision", 1],
    ["Concurrent in progress jobs to import assets from Amazon S3", 2],
  ] as const) {
    it(`${calls > 1 ? "repeats" : "does not repeat"} the call at the limit "${limitName}"`, async () => {
      const service = new Simulator().fail("startJob", "limit", { facts: { limitName } });
      await host(service)
        .create(imported)
        .catch(() => undefined);
      expect(service.count("startJob")).to.equal(calls);
    });
  }

  it("keeps the job in state if GetJob shows that it waits", async () => {
    const service = new Simulator().fail("startJob", "conflict");
    const { code, outputs } = await unfinishedOf(host(service).create(imported));
    expect([code, outputs.state]).to.deep.equal(["resource-conflict", "WAITING"]);
  });
});

describe("the provider, if calls do not find existing jobs and assets", () => {
  it("keeps an import without assets in state, and the next up lists them", async () => {
    const service = new Simulator().fail("listRevisionAssets", "notFound");
    const { id, outputs } = await unfinishedOf(host(service).create(imported));
    const updated = await host(service).update(id, outputs, imported);
    expect(namesOf(updated.assets)).to.deep.equal(["a"]);
    expect(service.effects()).to.deep.equal([id]);
  });

  it("does not run a recorded import again whose assets are not found", async () => {
    const service = new Simulator();
    await host(service).create(imported);
    service.fail("listRevisionAssets", "notFound");
    expect(await codeOf(host(service).create(imported))).to.equal("service-unavailable");
    expect(service.jobs).to.have.length(1);
  });

  it("fails a refresh whose assets are not found, and the next refresh shows them", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(imported);
    service.fail("listRevisionAssets", "notFound");
    await failureOf(host(service).read(id, outputs));
    expect(await host(service).read(id, outputs)).to.deep.equal(outputs);
  });

  it("removes assets that are not found if GetRevision is denied", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(imported);
    service.fail("listRevisionAssets", "notFound").fail("getRevision", "accessDenied");
    expect((await host(service).read(id, outputs))!.assets).to.deep.equal([]);
  });

  it("keeps a running job that GetJob does not find, because ListJobs shows it", async () => {
    const service = new Simulator({ duration: hour });
    const job = existing(service, imported, "IN_PROGRESS");
    const outputs = readOutputs({ ...imported, state: "IN_PROGRESS" });
    service.fail("getJob", "notFound");
    expect(await host(service).read(job.id, outputs)).to.include({ state: "IN_PROGRESS" });
    service.fail("getJob", "notFound");
    expect((await host(service).update(job.id, outputs, imported)).state).to.equal("COMPLETED");
    expect(service.jobs).to.have.length(1);
  });

  it("keeps a running job whose data set ListJobs does not find", async () => {
    const service = new Simulator({ duration: hour }).fail("listJobs", "notFound", { skip: 2 });
    const { id, outputs } = await unfinishedOf(host(service).create(imported));
    expect(outputs.state).to.equal("IN_PROGRESS");
    await host(service).update(id, outputs, imported);
    expect(service.effects()).to.deep.equal([id]);
  });

  it("fails a deletion that does not find an asset, and the next deletion deletes it", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(s3Import(["a"], { onDelete: "deleteAssets" }));
    service.fail("deleteAsset", "notFound");
    expect(await codeOf(host(service).delete(id, outputs))).to.equal("resource-not-found");
    await host(service).delete(id, outputs);
    expect(service.assets).to.deep.equal([]);
  });
});

describe("createJob without permission for ListJobs", () => {
  const adoptNone = s3Import(undefined, { adopt: "none" });
  const denied = () => new Simulator().fail("listJobs", "accessDenied", { times: Infinity });

  it("cancels its job, because another process may do the same work", async () => {
    const service = denied();
    expect(await codeOf(host(service).create(s3Import()))).to.equal("list-jobs-denied");
    expect([service.effects(), statesOf(service.jobs)]).to.deep.equal([[], ["CANCELLED"]]);
  });

  it(`starts its job with adopt: "none", polls by GetJob, and warns`, async () => {
    const service = denied();
    const { create, warnings } = host(service);
    expect((await create(adoptNone)).outputs.state).to.equal("COMPLETED");
    expect(service.count("getJob")).to.be.greaterThan(2);
    expect(warnings).to.deep.equal(["list-jobs-denied"]);
    expectOneJob(service);
    // Once while it looks for rivals, and once while it polls.
    expect(service.count("listJobs")).to.equal(2);
  });

  it(`starts one job with adopt: "none" if the answer of CreateJob is lost`, async () => {
    const service = denied().fail("createJob", "unavailable", { after: true });
    const { id } = await host(service).create(adoptNone);
    expect(service.effects()).to.deep.equal([id]);
    expect(statesOf(service.jobs)).to.deep.equal(["WAITING", "COMPLETED"]);
  });
});
