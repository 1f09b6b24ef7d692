import { expect } from "chai";

import { readOutputs } from "../../../provider/core/state";
import { host, namesOf } from "../../simulation/host";
import {
  apiImport,
  codeOf,
  day,
  existing,
  hour,
  s3Export,
  s3Import,
  urlExport,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

/** A completed job, and a refresh of its state. */
const completed = async (inputs = s3Import()) => {
  const service = new Simulator();
  const process = host(service);
  const { id, outputs } = await process.create(inputs);
  const read = async (olds = outputs) => (await process.read(id, olds))!;
  return { service, process, outputs, read };
};

describe("readJob", () => {
  it("returns the present state, times and errors with the inputs as they were written", async () => {
    const inputs = s3Import(["b", "a"], { triggers: [1], onDelete: "retain" });
    const { service, outputs, read } = await completed(inputs);
    const change = { state: "CANCELLED", updatedAt: "2026-01-06T00:00:00.000Z" } as const;
    Object.assign(service.jobs[0]!, change);
    expect(await read()).to.deep.equal({ ...outputs, ...change });
  });

  for (const inputs of [s3Import(), s3Export(), urlExport(), apiImport({ apiKey: "KEY" })]) {
    it(`returns the outputs of an unchanged ${inputs.type}`, async () => {
      const { outputs, read } = await completed(inputs);
      expect(await read()).to.deep.equal(outputs);
    });
  }

  it("returns the assets of a job that has ended since the last run", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "IN_PROGRESS");
    const olds = readOutputs({ ...s3Import(), state: "IN_PROGRESS" });
    await service.clock.pass(hour);
    const read = await host(service).read(job.id, olds);
    expect(read!.state).to.equal("COMPLETED");
    expect(namesOf(read!.assets)).to.deep.equal(["a.csv"]);
  });

  it("omits a deleted asset, and warns", async () => {
    const { service, process, read } = await completed(s3Import(["a", "b"]));
    service.assets.shift();
    expect(namesOf((await read()).assets)).to.deep.equal(["b"]);
    expect(process.warnings).to.deep.equal(["assets-deleted-elsewhere"]);
  });

  it("does not return the asset of a later job if its own are deleted", async () => {
    const { service, process, read } = await completed();
    service.assets.length = 0;
    const emptied = await read();
    expect(emptied.assets).to.deep.equal([]);
    await process.create(s3Import());
    expect((await read(emptied)).assets).to.deep.equal([]);
  });

  it("returns no assets for a failed job", async () => {
    const service = new Simulator();
    const failed = existing(service, s3Import(), "ERROR", { age: hour });
    existing(service, s3Import(), "COMPLETED", { age: hour / 2 });
    const read = await host(service).read(failed.id, readOutputs({ ...s3Import(), state: "ERROR" }));
    expect(read!.assets).to.deep.equal([]);
  });

  it("keeps a completed job whose record has expired", async () => {
    const { service, outputs, read } = await completed();
    await service.clock.pass(91 * day);
    expect(await read()).to.deep.equal(outputs);
  });

  for (const state of ["WAITING", "IN_PROGRESS", "ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`removes a job in ${state} whose record has expired`, async () => {
      const olds = readOutputs({ ...s3Import(), state });
      expect(await host(new Simulator()).read("job1", olds)).to.equal(undefined);
    });
  }

  it("removes the assets with their revision", async () => {
    const { service, read } = await completed();
    service.fail("listRevisionAssets", "notFound").fail("getRevision", "notFound");
    expect((await read()).assets).to.deep.equal([]);
  });

  for (const [what, operation, kind, times] of [
    ["if ListRevisionAssets is denied", "listRevisionAssets", "accessDenied", 1],
    ["after throttled calls", "getJob", "throttled", 5],
  ] as const) {
    it(`returns the known assets ${what}`, async () => {
      const { service, outputs, read } = await completed();
      service.fail(operation, kind, { times });
      expect(await read()).to.deep.equal(outputs);
    });
  }

  it("fails if GetJob is denied", async () => {
    const service = new Simulator().fail("getJob", "accessDenied");
    const olds = readOutputs({ ...s3Import() });
    expect(await codeOf(host(service).read("job1", olds))).to.equal("access-denied");
  });

  it("keeps the mark of an unfinished operation", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "WAITING");
    const olds = readOutputs({ ...s3Import(), state: "WAITING", __pending: true });
    expect(await host(service).read(job.id, olds)).to.include({ state: "WAITING", __pending: true });
  });
});

describe("readJob of a job without a state", () => {
  const lookUp = (service: Simulator, id: string, settings = {}) =>
    host(service).read(id, readOutputs(settings));

  it("returns type, details, state and assets, without credentials in the details", async () => {
    const service = new Simulator();
    const job = existing(service, apiImport({ apiKey: "KEY" }), "COMPLETED");
    const read = (await lookUp(service, job.id))!;
    expect(read).to.deep.include({ type: job.type, state: "COMPLETED", arn: job.arn, apiKey: "KEY" });
    expect(read.details.importAssetFromApiGatewayApi)
      .to.include({ apiName: "weather" })
      .and.not.have.any.keys("apiKey", "apiSpecificationUploadUrl");
    expect(namesOf(read.assets)).to.deep.equal(["weather"]);
  });

  for (const [settings, region] of [
    [{}, "us-east-1"],
    [{ region: "eu-west-1" }, "eu-west-1"],
  ] as const) {
    it(`returns the region ${region} for the settings ${JSON.stringify(settings)}`, async () => {
      const service = new Simulator();
      const job = existing(service, s3Export(), "COMPLETED");
      expect((await lookUp(service, job.id, settings))!.region).to.equal(region);
    });
  }

  it("returns undefined for an unknown job", async () => {
    expect(await lookUp(new Simulator(), "job1")).to.equal(undefined);
  });

  it("returns a job of an unknown type", async () => {
    const service = new Simulator();
    const job = existing(service, s3Export(), "COMPLETED");
    const change = { type: "IMPORT_X", details: { importX: { dataSetId: "d" } } };
    expect(await lookUp(service, Object.assign(job, change).id)).to.deep.include(change);
  });
});
