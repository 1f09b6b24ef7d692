import { expect } from "chai";
import { forwardRequest, sendPlain, signedFor, startProxy, startServer } from "../harness/http";
import { S3Service } from "./s3/support";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

describe("emulator: storage in S3", () => {
  it("stores objects of any content type and returns errors as S3's XML", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("types");
    for (const ContentType of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
      await service.s3.putObject({ Bucket, Key: ContentType, Body: "{", ContentType });
      expect(await service.readObject(Bucket, ContentType)).to.equal("{");
    }
    await rejection(service.s3.getObject({ Bucket: "nowhere", Key: "k" }), "NoSuchBucket");
    await service.stop();
  });

  it("omits the service's own bucket from ListBuckets", async () => {
    const service = await EmulatorService.start();
    await service.createFilledRevision({ k: "v" });
    await service.createBucket("mine");
    const { Buckets } = await service.s3.listBuckets({});
    expect(Buckets).to.have.lengthOf(2);
    for (const { Name } of Buckets!) await service.s3.listObjectsV2({ Bucket: Name });
    await service.stop();
  });

  it("exports to an external S3 server with the encryption of the job", async () => {
    const external = await S3Service.start();
    const encryptions: unknown[] = [];
    const proxy = await startProxy((request, body) => {
      const header = (name: string) => request.headers[`x-amz-server-side-encryption${name}`];
      if (request.url === "/out/k?x-id=CopyObject") encryptions.push([header(""), header("-aws-kms-key-id")]);
      return forwardRequest(external.endpoint, request, body);
    });
    const service = await EmulatorService.start({ s3Endpoint: proxy.url });
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "v" });
    const Bucket = await service.createBucket("out");
    const AssetDestinations = [{ AssetId: assets[0]!.Id, Bucket }];
    const arn = "arn:aws:kms:us-east-1:123456789012:key/k";
    for (const Encryption of [{ Type: "AES256" }, { Type: "aws:kms", KmsKeyArn: arn }] as const) {
      const details = { DataSetId, RevisionId, AssetDestinations, Encryption };
      await service.runJob(jobRequest("ExportAssetsToS3", details));
    }
    expect(encryptions).to.deep.equal([
      ["AES256", undefined],
      ["aws:kms", arn],
    ]);
    expect(await service.readObject(Bucket, "k")).to.equal("v");
    await service.stop();
    await proxy.close();
    await external.stop();
  });

  it("forwards no request that names the service's bucket in any encoding to an external S3 server", async () => {
    const seen: string[] = [];
    const external = await startServer(({ url, headers }, answer) => {
      seen.push(`${url} ${String(headers["x-amz-copy-source"])}`);
      answer.end();
    });
    const service = await EmulatorService.start({ s3Endpoint: external.url });
    seen.length = 0;
    const serviceBucket = "local-aws-data-exchange";
    const statusOf = async (path: string, source?: string) => {
      const headers = { ...signedFor("s3"), ...(source && { "x-amz-copy-source": source }) };
      return (await sendPlain(service.endpoint, "PUT", path, { headers })).status;
    };
    const encoded = [`/mine/%2e%2e%2f${serviceBucket}/k`, `/%256cocal-aws-data-exchange/k`];
    for (const path of [`/${serviceBucket}/k`, `//${serviceBucket}/k`, ...encoded]) {
      expect(await statusOf(path), path).to.equal(403);
    }
    for (const source of [
      `${serviceBucket}/k`,
      `${serviceBucket}%2Fk?versionId=null?versionId=%`,
      `mine/../${serviceBucket}/k`,
      `%25%36%63ocal-aws-data-exchange/k`,
      `arn:aws:s3:::${serviceBucket}/k`,
    ]) {
      expect(await statusOf("/mine/k", source), source).to.equal(403);
      const query = `/mine/k?X-Amz-Copy-Source=${encodeURIComponent(source)}`;
      expect(await statusOf(query), query).to.equal(403);
    }
    expect(seen).to.deep.equal([]);
    expect(await statusOf("/mine/k", "mine/other")).to.equal(200);
    expect(seen).to.deep.equal(["/mine/k mine/other"]);
    await service.stop();
    await external.close();
  });

  it("returns 503 when the external S3 server is unreachable", async () => {
    const external = await S3Service.start();
    const service = await EmulatorService.start({ s3Endpoint: external.endpoint });
    await external.stop();
    const answer = await sendPlain(service.endpoint, "GET", "/b/k", { headers: signedFor("s3") });
    expect(answer.outcome).to.equal("503 ServiceUnavailable");
    await service.stop();
  });
});

describe("emulator: archived S3 objects", () => {
  let service: EmulatorService;
  const Bucket = "archive";
  before(async () => {
    service = await EmulatorService.start();
    await service.createBucket(Bucket, { hot: "1" });
    for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"] as const) {
      await service.s3.putObject({ Bucket, Key: StorageClass, Body: "2", StorageClass });
    }
  });
  after(() => service.stop());

  for (const Key of ["GLACIER", "DEEP_ARCHIVE"]) {
    it(`cannot be read or copied in class ${Key}`, async () => {
      const get = service.s3.getObject({ Bucket, Key });
      const error = await rejection(get, "InvalidObjectState");
      expect([error.$metadata.httpStatusCode, error.StorageClass]).to.deep.equal([403, Key]);
      const copied = { Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` };
      await rejection(service.s3.copyObject(copied), "InvalidObjectState");
      const head = await service.s3.headObject({ Bucket, Key });
      expect([head.StorageClass, head.ContentLength]).to.deep.equal([Key, 1]);
    });
  }

  it("fail an import job, which still imports its other objects", async () => {
    const ids = await service.createRevisionIds();
    const AssetSources = ["hot", "DEEP_ARCHIVE", "GLACIER_IR"].map((Key) => ({ Bucket, Key }));
    const request = jobRequest("ImportAssetsFromS3", { ...ids, AssetSources });
    expect((await service.jobError(request)).Message).to.include("InvalidObjectState");
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.have.members(["hot", "GLACIER_IR"]);
  });

  it("can be read after RestoreObject", async () => {
    const restore = (Key: string) => service.s3.restoreObject({ Bucket, Key, RestoreRequest: { Days: 1 } });
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(202);
    expect((await restore("GLACIER")).$metadata.httpStatusCode).to.equal(200);
    expect(await service.readObject(Bucket, "GLACIER")).to.equal("2");
    const { Restore } = await service.s3.headObject({ Bucket, Key: "GLACIER" });
    expect(Restore).to.match(/^ongoing-request="false", expiry-date=".* GMT"$/);
    await rejection(restore("hot"), "InvalidObjectState");
  });
});
