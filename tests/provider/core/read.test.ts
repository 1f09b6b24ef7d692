import { expect } from "chai";

import { readOutputs } from "../../../provider/core/state";
import { host } from "../support/host";
import { apiImport, day, existing, codeOf, hour, s3Export, s3Import, urlExport } from "../support/samples";
import { Simulator } from "../support/simulator";

describe("read", () => {
  it("brings state, times and errors up to date and keeps the inputs as they were written", async () => {
    const service = new Simulator();
    const process = host(service);
    const inputs = s3Import(["b", "a"], { triggers: [1], onDelete: "retain" });
    const { id, outputs } = await process.create(inputs);
    Object.assign(service.jobs[0]!, { state: "CANCELLED", updatedAt: "2026-01-06T00:00:00.000Z" });
    const read = await process.read(id, outputs);
    expect(read).to.deep.equal({ ...outputs, state: "CANCELLED", updatedAt: "2026-01-06T00:00:00.000Z" });
  });

  it("changes nothing where nothing has changed", async () => {
    const service = new Simulator();
    const process = host(service);
    for (const inputs of [s3Import(), s3Export(), urlExport(), apiImport({ apiKey: "KEY" })]) {
      const { id, outputs } = await process.create(inputs);
      expect(await process.read(id, outputs)).to.deep.equal(outputs);
    }
  });

  it("sees a job end that was left running, with its assets", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "IN_PROGRESS");
    const olds = readOutputs({ ...s3Import(), state: "IN_PROGRESS" });
    await service.clock.pass(hour);
    const read = await host(service).read(job.id, olds);
    expect(read!.state).to.equal("COMPLETED");
    expect(read!.assets.map(({ name }) => name)).to.deep.equal(["a.csv"]);
  });

  it("no longer names an asset that was deleted", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import(["a", "b"]));
    service.assets.shift();
    expect((await process.read(id, outputs))!.assets.map(({ name }) => name)).to.deep.equal(["b"]);
  });

  it("never names the asset of a later job, though its own are all gone", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import(["a"]));
    service.assets.length = 0;
    const emptied = (await process.read(id, outputs))!;
    expect(emptied.assets).to.deep.equal([]);
    await process.create(s3Import(["a"]));
    expect((await process.read(id, emptied))!.assets).to.deep.equal([]);
  });

  it("names no asset for a job that failed", async () => {
    const service = new Simulator();
    const failed = existing(service, s3Import(), "ERROR", { age: hour });
    existing(service, s3Import(), "COMPLETED", { age: hour / 2 });
    const read = await host(service).read(failed.id, readOutputs({ ...s3Import(), state: "ERROR" }));
    expect(read!.assets).to.deep.equal([]);
  });

  it("keeps a completed job whose record has expired, and runs nothing again", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import());
    await service.clock.pass(91 * day);
    expect(await process.read(id, outputs)).to.deep.equal(outputs);
  });

  for (const state of ["WAITING", "IN_PROGRESS", "ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`takes a job for gone whose record has expired and that was last seen in ${state}`, async () => {
      const olds = readOutputs({ ...s3Import(), state });
      expect(await host(new Simulator()).read("job1", olds)).to.equal(undefined);
    });
  }

  it("takes the assets for gone with their revision", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import());
    service.fail("listRevisionAssets", "notFound").fail("getRevision", "notFound");
    expect((await process.read(id, outputs))!.assets).to.deep.equal([]);
  });

  it("keeps the assets it knows where it may not list them", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import());
    service.fail("listRevisionAssets", "accessDenied");
    expect(await process.read(id, outputs)).to.deep.equal(outputs);
  });

  it("bears throttling", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import());
    service.fail("getJob", "throttled", { times: 5 });
    expect(await process.read(id, outputs)).to.deep.equal(outputs);
  });

  it("tells a failure with the job's id", async () => {
    const service = new Simulator().fail("getJob", "accessDenied", {
      facts: { action: "dataexchange:GetJob" },
    });
    expect(await codeOf(host(service).read("job1", readOutputs(s3Import() as never)))).to.equal(
      "access-denied",
    );
  });

  it("keeps what an unfinished operation left to do", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "WAITING");
    const read = await host(service).read(
      job.id,
      readOutputs({ ...s3Import(), state: "WAITING", __pending: true }),
    );
    expect(read).to.include({ state: "WAITING", __pending: true });
  });
});

describe("read: a lookup of a job that no program of ours made", () => {
  it("answers its type, details, state and assets, without credentials in the details", async () => {
    const service = new Simulator();
    const job = existing(service, apiImport({ apiKey: "KEY" }), "COMPLETED");
    const read = (await host(service).read(job.id, readOutputs({})))!;
    expect(read).to.deep.include({ type: job.type, state: "COMPLETED", arn: job.arn, apiKey: "KEY" });
    expect(read.details.importAssetFromApiGatewayApi)
      .to.include({ apiName: "weather" })
      .and.not.have.any.keys("apiKey", "apiSpecificationUploadUrl");
    expect(read.assets.map(({ name }) => name)).to.deep.equal(["weather"]);
  });

  it("keeps what was said of the connection", async () => {
    const service = new Simulator();
    const job = existing(service, s3Export(), "COMPLETED");
    expect(await host(service).read(job.id, readOutputs({ region: "eu-west-1" }))).to.include({
      region: "eu-west-1",
    });
  });

  it("finds nothing where there is no such job", async () => {
    expect(await host(new Simulator()).read("job1", readOutputs({}))).to.equal(undefined);
  });

  it("answers a job of a type that this version does not know", async () => {
    const service = new Simulator();
    const job = existing(service, s3Export(), "COMPLETED");
    Object.assign(job, {
      type: "IMPORT_FROM_THE_FUTURE",
      details: { importFromTheFuture: { dataSetId: "d" } },
    });
    const read = await host(service).read(job.id, readOutputs({}));
    expect(read).to.deep.include({
      type: "IMPORT_FROM_THE_FUTURE",
      details: { importFromTheFuture: { dataSetId: "d" } },
    });
  });
});

describe("read: a job that is looked up", () => {
  it("has the region of its ARN", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "COMPLETED");
    expect((await host(service).read(job.id, readOutputs({})))!.region).to.equal("us-east-1");
  });

  it("keeps the region that it is looked up in", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "COMPLETED");
    expect((await host(service).read(job.id, readOutputs({ region: "eu-west-1" })))!.region).to.equal(
      "eu-west-1",
    );
  });
});
