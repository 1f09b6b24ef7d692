import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  InvalidObjectState,
  PutObjectCommand,
  RestoreObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Rig, thrownBy } from "../support";

describe("emulator: archived objects", () => {
  let rig: Rig;
  const Bucket = "archive";
  before(async () => {
    rig = await Rig.start();
    await rig.bucket(Bucket, { hot: "1" });
    for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"] as const) {
      await rig.s3.send(new PutObjectCommand({ Bucket, Key: StorageClass, Body: "2", StorageClass }));
    }
  });
  after(() => rig.stop());

  for (const Key of ["GLACIER", "DEEP_ARCHIVE"]) {
    it(`of class ${Key} cannot be read or copied, and say what they are`, async () => {
      const get = rig.s3.send(new GetObjectCommand({ Bucket, Key }));
      const error = await thrownBy(get, InvalidObjectState);
      expect([error.$metadata.httpStatusCode, error.StorageClass]).to.deep.equal([403, Key]);
      const copy = rig.s3.send(
        new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` }),
      );
      expect((await thrownBy(copy, Error)).name).to.equal("InvalidObjectState");
      const head = await rig.s3.send(new HeadObjectCommand({ Bucket, Key }));
      expect([head.StorageClass, head.ContentLength]).to.deep.equal([Key, 1]);
    });
  }

  it("fail an import that names them, beside which the rest is imported", async () => {
    const ids = await rig.revision();
    const AssetSources = ["hot", "DEEP_ARCHIVE", "GLACIER_IR"].map((Key) => ({ Bucket, Key }));
    const Details = { ImportAssetsFromS3: { ...ids, AssetSources } };
    const job = await rig.finish(await rig.create({ Type: "IMPORT_ASSETS_FROM_S3", Details }));
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]!.Message).to.include("InvalidObjectState");
    expect((await rig.assets(ids)).map(({ Name }) => Name)).to.have.members(["hot", "GLACIER_IR"]);
  });

  it("can be read once they are restored", async () => {
    const restore = (Key: string) =>
      rig.s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } }));
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(202);
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(200);
    expect(await rig.textOf(Bucket, "GLACIER")).to.equal("2");
    const { Restore } = await rig.s3.send(new HeadObjectCommand({ Bucket, Key: "GLACIER" }));
    expect(Restore).to.match(/^ongoing-request="false", expiry-date=".* GMT"$/);
    expect((await thrownBy(restore("hot"), Error)).name).to.equal("InvalidObjectState");
  });
});
