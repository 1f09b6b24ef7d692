import { expect } from "chai";
import { EmulatorService, jobRequest, md5Of, rejection } from "./support";

describe("emulator: faults", () => {
  let service: EmulatorService;
  beforeEach(async () => {
    service = await EmulatorService.start();
  });
  afterEach(() => service.stop());

  const create = () =>
    service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" });
  const count = async () => (await service.call("ListDataSets", {})).DataSets!.length;

  it("strikes once unless told otherwise, before there is an effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", error: "ThrottlingException" });
    const error = await rejection(create(), "ThrottlingException");
    expect(error.$metadata.httpStatusCode).to.equal(429);
    expect(await count()).to.equal(0);
    await create();
    expect(await count()).to.equal(1);
  });

  it("spoils the answer after the effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", connection: "reset", when: "after", times: 2 });
    await rejection(create());
    await rejection(create());
    expect(await count()).to.equal(2);
    const statuses = service.local.requests.map(({ operation, status }) => `${operation} ${status}`);
    expect(statuses).to.deep.equal(["CreateDataSet reset", "CreateDataSet reset", "ListDataSets 200"]);
  });

  it("breaks the connection before the effect", async () => {
    service.local.faults.add({ operation: "*", connection: "reset" });
    await rejection(create());
    expect(await count()).to.equal(0);
  });

  it("answers with any status, until it is removed", async () => {
    const fault = service.local.faults.add({ operation: "CreateDataSet", error: 503, times: "always" });
    for (let i = 0; i < 3; i += 1) await rejection(create());
    expect(fault.left).to.equal("always");
    fault.remove();
    await create();
    expect(service.local.faults.list()).to.be.empty;
  });

  it("strikes uploads too", async () => {
    const ids = await service.createRevisionIds();
    const { Id, Details } = await service.call(
      "CreateJob",
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: md5Of("x") }),
    );
    const put = () => fetch(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", body: "x" });
    service.local.faults.add({ operation: "UploadBody", error: 503 });
    expect((await put()).status).to.equal(503);
    service.local.faults.add({ operation: "UploadBody", connection: "reset" });
    await rejection(put());
    expect(service.local.jobs()[0]!.uploaded).to.equal(false);
    service.local.faults.add({ operation: "UploadBody", connection: "reset", when: "after" });
    await rejection(put());
    expect(service.local.jobs()[0]!.uploaded).to.equal(true);
    const uploads = service.local.requests.filter(({ operation }) => operation === "UploadBody");
    expect(uploads.map(({ status }) => status)).to.deep.equal([503, "reset", "reset"]);
    expect(uploads[0]!.input).to.deep.equal({ jobId: Id });
  });

  it("refuses rules that make no sense", () => {
    const { faults } = service.local;
    expect(() => faults.add({ operation: "CreateDataset", error: 500 })).to.throw("operation must be one of");
    expect(() => faults.add({ operation: "CreateJob" })).to.throw("must say what goes wrong");
    expect(() => faults.add({ operation: "CreateJob", error: 200 })).to.throw("status from 400 to 599");
    expect(() => faults.add({ operation: "CreateJob", error: 500, connection: "reset" })).to.throw("exclude");
    expect(() => faults.add({ operation: "RunJob", error: "ThrottlingException" })).to.throw("TIMED_OUT");
    expect(() => faults.add({ operation: "CreateJob", error: 500, times: 0 })).to.throw(
      "whole number from 1",
    );
  });
});
