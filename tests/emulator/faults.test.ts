import {
  CreateDataSetCommand,
  CreateJobCommand,
  ListDataSetsCommand,
  ThrottlingException,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { md5Of, Rig, thrownBy } from "./support";

describe("emulator: faults", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const create = () =>
    rig.dx.send(new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" }));
  const count = async () => (await rig.dx.send(new ListDataSetsCommand({}))).DataSets!.length;

  it("strikes once unless told otherwise, before there is an effect", async () => {
    rig.local.faults.add({ operation: "CreateDataSet", error: "ThrottlingException" });
    const error = await thrownBy(create(), ThrottlingException);
    expect(error.$metadata.httpStatusCode).to.equal(429);
    expect(await count()).to.equal(0);
    await create();
    expect(await count()).to.equal(1);
  });

  it("spoils the answer after the effect", async () => {
    rig.local.faults.add({ operation: "CreateDataSet", connection: "reset", when: "after", times: 2 });
    await thrownBy(create(), Error);
    await thrownBy(create(), Error);
    expect(await count()).to.equal(2);
    const statuses = rig.local.requests.map(({ operation, status }) => `${operation} ${status}`);
    expect(statuses).to.deep.equal(["CreateDataSet reset", "CreateDataSet reset", "ListDataSets 200"]);
  });

  it("breaks the connection before the effect", async () => {
    rig.local.faults.add({ operation: "*", connection: "reset" });
    await thrownBy(create(), Error);
    expect(await count()).to.equal(0);
  });

  it("answers with any status, until it is removed", async () => {
    const fault = rig.local.faults.add({ operation: "CreateDataSet", error: 503, times: "always" });
    for (let i = 0; i < 3; i += 1) await thrownBy(create(), Error);
    expect(fault.left).to.equal("always");
    fault.remove();
    await create();
    expect(rig.local.faults.list()).to.be.empty;
  });

  it("strikes uploads too", async () => {
    const ids = await rig.revision();
    const { Id, Details } = await rig.dx.send(
      new CreateJobCommand({
        Type: "IMPORT_ASSET_FROM_SIGNED_URL",
        Details: { ImportAssetFromSignedUrl: { ...ids, AssetName: "n", Md5Hash: md5Of("x") } },
      }),
    );
    const put = () => fetch(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", body: "x" });
    rig.local.faults.add({ operation: "UploadBody", error: 503 });
    expect((await put()).status).to.equal(503);
    rig.local.faults.add({ operation: "UploadBody", connection: "reset" });
    await thrownBy(put(), Error);
    expect(rig.local.jobs()[0]!.uploaded).to.equal(false);
    rig.local.faults.add({ operation: "UploadBody", connection: "reset", when: "after" });
    await thrownBy(put(), Error);
    expect(rig.local.jobs()[0]!.uploaded).to.equal(true);
    const uploads = rig.local.requests.filter(({ operation }) => operation === "UploadBody");
    expect(uploads.map(({ status }) => status)).to.deep.equal([503, "reset", "reset"]);
    expect(uploads[0]!.input).to.deep.equal({ jobId: Id });
  });

  it("refuses rules that make no sense", () => {
    const { faults } = rig.local;
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
