import { expect } from "chai";

import { UnfinishedJobError } from "../../../provider/core/errors";
import { readOutputs } from "../../../provider/core/state";
import { host } from "../support/host";
import { codeOf, existing, expectOneJob, failureOf, hour, s3Import, upload } from "../support/samples";
import type { Operation } from "../support/simulator";
import { Simulator } from "../support/simulator";

const minute = 60_000;

/** A service at which one call of the operation is never answered. */
const hanging = (operation: Operation) => new Simulator().fail(operation, "unavailable", { hangs: true });

const waiting = (service: Simulator) => existing(service, s3Import(["a"]), "IN_PROGRESS");

const inProgress = readOutputs({ ...s3Import(["a"]), state: "IN_PROGRESS" });

describe("a call that is never answered", () => {
  for (const [operation, called] of [
    ["listJobs", "ListJobs"],
    ["createJob", "CreateJob"],
    ["startJob", "StartJob"],
    ["listRevisionAssets", "ListRevisionAssets"],
  ] as const) {
    it(`is broken off after timeouts.request: ${called}`, async () => {
      const service = hanging(operation);
      const started = service.clock.now();
      const inputs = s3Import(["a"], { timeouts: { request: "5m" } });
      const { message } = await failureOf(host(service).create(inputs));
      expect(message).to.contain(`${called} failed with Timeout`).and.contain("[service-unavailable]");
      // A job that was made runs for five seconds before its assets are listed.
      expect(service.clock.now() - started).to.be.within(5 * minute, 5 * minute + 10_000);
    });
  }

  it("has what earlier failures have left of the time", async () => {
    const service = new Simulator()
      .fail("startJob", "unavailable", { times: 8 })
      .fail("startJob", "unavailable", { hangs: true });
    const started = service.clock.now();
    await failureOf(host(service).create(s3Import(["a"], { timeouts: { request: "5m" } })));
    expect(service.clock.now() - started).to.equal(5 * minute);
    expect(service.count("startJob")).to.equal(9);
  });

  it("is an upload that is broken off after timeouts.upload, whose job is cancelled", async () => {
    const service = hanging("put");
    const started = service.clock.now();
    expect(await codeOf(host(service).create(upload("x", { timeouts: { upload: "20m" } })))).to.equal(
      "upload-timeout",
    );
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
    expect(service.clock.now() - started).to.equal(20 * minute);
  });
});

describe("a call that finds nothing where something is", () => {
  it("costs an import none of its assets: the next up lists them", async () => {
    const service = new Simulator().fail("listRevisionAssets", "notFound");
    const { id, outputs } = await failureOf(host(service).create(s3Import(["a"])), UnfinishedJobError);
    const updated = await host(service).update(id, outputs, s3Import(["a"]));
    expect(updated.assets.map(({ name }) => name)).to.deep.equal(["a"]);
    expect(service.effects()).to.deep.equal([id]);
  });

  it("makes no import that was cut off from state run again", async () => {
    const service = new Simulator();
    await host(service).create(s3Import(["a"]));
    service.fail("listRevisionAssets", "notFound");
    expect(await codeOf(host(service).create(s3Import(["a"])))).to.equal("service-unavailable");
    expect(service.jobs).to.have.length(1);
  });

  it("drops no assets in a refresh", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(s3Import(["a"]));
    service.fail("listRevisionAssets", "notFound");
    await failureOf(host(service).read(id, outputs));
    expect(await host(service).read(id, outputs)).to.deep.equal(outputs);
  });

  it("believes it where the revision may not be asked for", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(s3Import(["a"]));
    service.fail("listRevisionAssets", "notFound").fail("getRevision", "accessDenied");
    expect((await host(service).read(id, outputs))!.assets).to.deep.equal([]);
  });

  it("gives up no job that is in progress: ListJobs shows it", async () => {
    const service = new Simulator({ duration: hour });
    const job = waiting(service);
    service.fail("getJob", "notFound");
    const updated = await host(service).update(job.id, inProgress, s3Import(["a"]));
    expect(updated.state).to.equal("COMPLETED");
    expect(service.jobs).to.have.length(1);
  });

  it("drops no job that is in progress from state in a refresh", async () => {
    const service = new Simulator({ duration: hour });
    const job = waiting(service);
    service.fail("getJob", "notFound");
    expect(await host(service).read(job.id, inProgress)).to.include({ state: "IN_PROGRESS" });
  });

  it("says nothing of a job when it is about the data set", async () => {
    const service = new Simulator({ duration: hour }).fail("listJobs", "notFound", { skip: 2 });
    const { id, outputs } = await failureOf(host(service).create(s3Import(["a"])), UnfinishedJobError);
    expect(outputs.state).to.equal("IN_PROGRESS");
    await host(service).update(id, outputs, s3Import(["a"]));
    expect(service.effects()).to.deep.equal([id]);
  });

  it("leaves no asset that was to be deleted", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(s3Import(["a"], { onDelete: "deleteAssets" }));
    service.fail("deleteAsset", "notFound");
    expect(await codeOf(host(service).delete(id, outputs))).to.equal("resource-not-found");
    await host(service).delete(id, outputs);
    expect(service.assets).to.deep.equal([]);
  });
});

describe("a refresh and a deletion", () => {
  const inputs = s3Import(["a"], { onDelete: "deleteAssets", timeouts: { request: "1m" } });

  for (const [what, operation] of [
    ["read", "getJob"],
    ["delete", "deleteAsset"],
  ] as const) {
    it(`have the errorToleranceMs that the resource's own timeouts give: ${what}`, async () => {
      const service = new Simulator();
      const { id, outputs } = await host(service).create(inputs);
      const began = service.clock.now();
      service.fail(operation, "unavailable", { times: 1_000 });
      await failureOf<Error>(host(service)[what](id, outputs));
      expect(service.clock.now() - began).to.be.at.most(60_000);
    });
  }
});

describe("create: without ListJobs", () => {
  const unseen = () => s3Import(undefined, { adopt: "none" });
  const denied = () => new Simulator().fail("listJobs", "accessDenied", { times: Infinity });

  it("makes no job that could be the second, and says what to do", async () => {
    const service = denied();
    expect(await codeOf(host(service).create(s3Import()))).to.equal("list-jobs-denied");
    expect(service.effects()).to.deep.equal([]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
  });

  it("goes on where nothing is adopted, watches by GetJob and warns", async () => {
    const service = denied();
    const { create, warnings } = host(service);
    expect((await create(unseen())).outputs.state).to.equal("COMPLETED");
    expect(service.count("getJob")).to.be.greaterThan(2);
    expect(warnings).to.deep.equal(["list-jobs-denied"]);
    expectOneJob(service);
  });

  it("asks for ListJobs no more once the watcher knows that it is denied", async () => {
    const service = denied();
    await host(service).create(unseen());
    const after = service.calls.findIndex(({ operation }) => operation === "startJob");
    expect(
      service
        .story()
        .slice(after)
        .filter((operation) => operation === "listJobs"),
    ).to.have.length(1);
  });

  it("has no effect twice when a CreateJob was cut off, for the lost job is never started", async () => {
    const service = denied().fail("createJob", "unavailable", { after: true });
    const { id } = await host(service).create(unseen());
    expect(service.effects()).to.deep.equal([id]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["WAITING", "COMPLETED"]);
  });
});
