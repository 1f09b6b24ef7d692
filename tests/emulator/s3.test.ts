import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  RestoreObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { ServedS3 } from "./s3/support";
import { startServer } from "../harness/http";
import { EmulatorService, jobRequest, rejection } from "./support";

describe("S3 beside Data Exchange", () => {
  it("stores objects of any content type and answers errors in S3's form", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("types");
    for (const ContentType of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
      await service.s3.send(new PutObjectCommand({ Bucket, Key: ContentType, Body: "{", ContentType }));
      expect(await service.readObject(Bucket, ContentType)).to.equal("{");
    }
    await rejection(service.s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "k" })), "NoSuchBucket");
    await service.stop();
  });

  it("hides the service's own bucket from ListBuckets", async () => {
    const service = await EmulatorService.start();
    const { assets } = await service.createFilledRevision({ k: "v" });
    expect(assets).to.have.lengthOf(1);
    await service.createBucket("mine");
    const { Buckets } = await service.s3.send(new ListBucketsCommand({}));
    expect(Buckets!.map(({ Name }) => Name))
      .to.have.lengthOf(2)
      .and.include("mine");
    for (const { Name } of Buckets!) await service.s3.send(new ListObjectsV2Command({ Bucket: Name }));
    await service.stop();
  });

  it("recognizes a presigned URL by its credential", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("presigned", { k: "v" });
    const scope = encodeURIComponent("K/20260101/us-east-1/s3/aws4_request");
    const response = await fetch(
      `${service.local.endpoint}/${Bucket}/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-SignedHeaders=host&X-Amz-Signature=00`,
    );
    expect(await response.text()).to.equal("v");
    await service.stop();
  });

  it("uses an external S3 server and passes on the encryption of exports", async () => {
    const backend = await ServedS3.start();
    const encryptions: string[] = [];
    const front = createServer((request, response) => {
      const { headers, method, url } = request;
      if (url === "/out/k?x-id=CopyObject") {
        encryptions.push(
          [
            headers["x-amz-server-side-encryption"],
            headers["x-amz-server-side-encryption-aws-kms-key-id"],
          ].join(),
        );
      }
      const upstream = httpRequest(backend.endpoint + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      request.pipe(upstream);
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const service = await EmulatorService.start({
      s3Endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    });
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "v" });
    const Bucket = await service.createBucket("out");
    const arn = "arn:aws:kms:us-east-1:123456789012:key/k";
    for (const Encryption of [{ Type: "AES256" }, { Type: "aws:kms", KmsKeyArn: arn }] as const) {
      const AssetDestinations = [{ AssetId: assets[0]!.Id, Bucket }];
      await service.runJob(
        jobRequest("ExportAssetsToS3", { DataSetId, RevisionId, AssetDestinations, Encryption }),
      );
    }
    expect(encryptions).to.deep.equal(["AES256,", `aws:kms,${arn}`]);
    expect((await service.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).ContentLength).to.equal(1);
    await service.stop();
    front.closeAllConnections();
    front.close();
    await backend.stop();
  });

  it("never forwards a request that names the service's bucket in any encoding", async () => {
    const seen: string[] = [];
    const elsewhere = await startServer(({ url, headers }, answer) => {
      seen.push(`${url} ${String(headers["x-amz-copy-source"])}`);
      answer.end();
    });
    const service = await EmulatorService.start({ s3Endpoint: elsewhere.url });
    seen.length = 0;
    const own = "local-aws-data-exchange";
    const authorization =
      "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";
    const statusOf = async (path: string, source?: string) => {
      const headers = new Headers({ authorization, ...(source && { "x-amz-copy-source": source }) });
      return (await fetch(`${service.local.endpoint}${path}`, { method: "PUT", headers })).status;
    };
    for (const path of [
      `/${own}/k`,
      `/mine/%2e%2e%2f${own}/k`,
      `/%256cocal-aws-data-exchange/k`,
      `//${own}/k`,
    ]) {
      expect(await statusOf(path), path).to.equal(403);
    }
    for (const source of [
      `${own}/k`,
      `${own}%2Fk?versionId=null?versionId=%`,
      `mine/../${own}/k`,
      `%25%36%63ocal-aws-data-exchange/k`,
      `arn:aws:s3:::${own}/k`,
    ]) {
      expect(await statusOf("/mine/k", source), source).to.equal(403);
      const query = `/mine/k?X-Amz-Copy-Source=${encodeURIComponent(source)}`;
      expect(await statusOf(query), query).to.equal(403);
    }
    expect(seen).to.deep.equal([]);
    expect(await statusOf("/mine/k", "mine/other")).to.equal(200);
    expect(seen).to.deep.equal(["/mine/k mine/other"]);
    await service.stop();
    await elsewhere.close();
  });

  it("answers 503 when the external S3 server is unreachable", async () => {
    const backend = await ServedS3.start();
    const service = await EmulatorService.start({ s3Endpoint: backend.endpoint });
    await backend.stop();
    const authorization =
      "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";
    const response = await fetch(`${service.local.endpoint}/b/k`, { headers: { authorization } });
    expect([response.status, await response.text()][0]).to.equal(503);
    await service.stop();
  });
});

describe("S3 server: archived objects", () => {
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
    it(`rejects reads and copies of an object of class ${Key}`, async () => {
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

  it("fails an import job that names an archived object, and imports the others", async () => {
    const ids = await service.createRevisionIds();
    const AssetSources = ["hot", "DEEP_ARCHIVE", "GLACIER_IR"].map((Key) => ({ Bucket, Key }));
    const job = await service.finishJob(
      await service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources })),
    );
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]!.Message).to.include("InvalidObjectState");
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.have.members(["hot", "GLACIER_IR"]);
  });

  it("reads an archived object after RestoreObject", async () => {
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
