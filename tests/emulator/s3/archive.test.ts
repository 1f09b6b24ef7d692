import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  RestoreObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "../support";

describe("emulator: archived objects", () => {
  let service: EmulatorService;
  const Bucket = "archive";
  before(async () => {
    service = await EmulatorService.start();
    await service.createBucket(Bucket, { hot: "1" });
    for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"] as const) {
      await service.s3.send(new PutObjectCommand({ Bucket, Key: StorageClass, Body: "2", StorageClass }));
    }
  });
  after(() => service.stop());

  for (const Key of ["GLACIER", "DEEP_ARCHIVE"]) {
    it(`of class ${Key} cannot be read or copied, and say what they are`, async () => {
      const get = service.s3.send(new GetObjectCommand({ Bucket, Key }));
      const error = await rejection(get, "InvalidObjectState");
      expect([error.$metadata.httpStatusCode, error.StorageClass]).to.deep.equal([403, Key]);
      const copy = service.s3.send(
        new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` }),
      );
      expect((await rejection(copy)).name).to.equal("InvalidObjectState");
      const head = await service.s3.send(new HeadObjectCommand({ Bucket, Key }));
      expect([head.StorageClass, head.ContentLength]).to.deep.equal([Key, 1]);
    });
  }

  it("fail an import that names them, beside which the rest is imported", async () => {
    const ids = await service.createRevisionIds();
    const AssetSources = ["hot", "DEEP_ARCHIVE", "GLACIER_IR"].map((Key) => ({ Bucket, Key }));
    const job = await service.finishJob(
      await service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources })),
    );
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]!.Message).to.include("InvalidObjectState");
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.have.members(["hot", "GLACIER_IR"]);
  });

  it("can be read once they are restored", async () => {
    const restore = (Key: string) =>
      service.s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } }));
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(202);
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(200);
    expect(await service.readObject(Bucket, "GLACIER")).to.equal("2");
    const { Restore } = await service.s3.send(new HeadObjectCommand({ Bucket, Key: "GLACIER" }));
    expect(Restore).to.match(/^ongoing-request="false", expiry-date=".* GMT"$/);
    expect((await rejection(restore("hot"))).name).to.equal("InvalidObjectState");
  });
});
