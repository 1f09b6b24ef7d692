import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { ServedS3 } from "./s3/served";
import { startServer } from "../harness/http";
import { EmulatorService, jobRequest, rejection } from "./support";

describe("emulator: S3", () => {
  it("takes large objects, in one piece and in parts", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("large");
    const Body = Buffer.alloc(24 * 1024 ** 2, "0123456789");
    await service.s3.send(new PutObjectCommand({ Bucket, Key: "whole", Body }));
    await new Upload({
      client: service.s3,
      params: { Bucket, Key: "parts", Body: Readable.from([Body]) },
    }).done();
    for (const Key of ["whole", "parts"]) {
      const got = await service.s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(Body.equals(await got.Body!.transformToByteArray())).to.equal(true);
    }
    await service.stop();
  });

  it("takes objects of any content type, and gives its errors as S3 does", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("types");
    for (const ContentType of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
      await service.s3.send(new PutObjectCommand({ Bucket, Key: ContentType, Body: "{", ContentType }));
      expect(await service.readObject(Bucket, ContentType)).to.equal("{");
    }
    await rejection(service.s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "k" })), "NoSuchBucket");
    await service.stop();
  });

  it("lists everybody's buckets, and not the service's own", async () => {
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

  it("knows a presigned URL by the credential in its query", async () => {
    const service = await EmulatorService.start();
    const Bucket = await service.createBucket("presigned", { k: "v" });
    const scope = encodeURIComponent("K/20260101/us-east-1/s3/aws4_request");
    const response = await fetch(
      `${service.local.endpoint}/${Bucket}/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-SignedHeaders=host&X-Amz-Signature=00`,
    );
    expect(await response.text()).to.equal("v");
    await service.stop();
  });

  it("uses an S3 server elsewhere, and asks it to encrypt exports", async () => {
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

  it("passes on no request that names the service's bucket, however the S3 server elsewhere reads it", async () => {
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

  it("answers 503 as S3 does when the S3 server is gone", async () => {
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
