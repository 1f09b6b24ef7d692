import { expect } from "chai";
import type { FaultRule } from "../../emulator/index";
import { OptionError } from "../../emulator/index";
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
    const rules: [object, string][] = [
      [{ operation: "CreateDataset", error: 500 }, "unknown-value"],
      [{ operation: "CreateJob" }, "no-effect"],
      [{ operation: "CreateJob", error: 200 }, "too-small"],
      [{ operation: "CreateJob", error: 500, connection: "reset" }, "conflicting-members"],
      [{ operation: "RunJob", connection: "reset" }, "conflicting-members"],
      [{ operation: "RunJob", error: "ThrottlingException" }, "unknown-value"],
      [{ operation: "CreateJob", error: 500, times: 0 }, "too-small"],
      [{ operation: "CreateJob", error: 500, times: "often" }, "unknown-value"],
      [{ operation: "CreateJob", error: 500, probability: 0 }, "too-small"],
      [{ operation: "CreateJob", delayMs: 2 ** 31 }, "too-large"],
    ];
    for (const [rule, code] of rules) {
      expect(() => service.local.faults.add(rule as FaultRule), JSON.stringify(rule))
        .to.throw(OptionError)
        .with.property("code", code);
    }
  });
});
