import { expect } from "chai";

import { UnfinishedJobError } from "../../../provider/core/errors";
import { readOutputs } from "../../../provider/core/state";
import { host } from "../support/host";
import { existing, codeOf, failureOf, hour, s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";

const waiting = (service: Simulator) => existing(service, s3Import(["a"]), "IN_PROGRESS");
const inProgress = readOutputs({ ...s3Import(["a"]), state: "IN_PROGRESS" });

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
