/** Behavior that the test suites of other S3 servers assert. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { expectRejections, S3Service } from "./support";
import { sendPlain, signedFor } from "../../harness/http";
import { EmulatorService } from "../../harness/emulator-service";

const Bucket = "deviations";
const sha256 = (...bytes: Buffer[]) => createHash("sha256").update(Buffer.concat(bytes)).digest();

describe("S3 server: compatibility", () => {
  let s3: S3Service;
  before(async () => (s3 = await S3Service.start(Bucket)));
  after(() => s3.stop());

  describe("multipart upload with SHA-256", () => {
    const pieces = [Buffer.alloc(5 * 1024 ** 2, "a"), Buffer.from("the end")] as const;
    const sums = pieces.map((piece) => sha256(piece).toString("base64"));
    const whole = sha256(...pieces.map((piece) => sha256(piece))).toString("base64");

    const upload = async (Key: string) => {
      const begun = { Bucket, Key, ChecksumAlgorithm: "SHA256" } as const;
      const { UploadId } = await s3.client.createMultipartUpload(begun);
      const Parts = await Promise.all(
        pieces.map(async (Body, index) => {
          const PartNumber = index + 1;
          const part = { Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: "SHA256" } as const;
          const { ETag, ChecksumSHA256 } = await s3.client.uploadPart(part);
          return { PartNumber, ETag, ChecksumSHA256 };
        }),
      );
      return (more: object = {}) =>
        s3.client.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more });
    };

    it("verifies the object's checksum in CompleteMultipartUpload, with or without the number of parts", async () => {
      for (const ChecksumSHA256 of [whole, `${whole}-2`]) {
        const complete = await upload("sum");
        expect((await complete({ ChecksumSHA256 })).ChecksumSHA256).to.equal(`${whole}-2`);
      }
      const complete = await upload("sum");
      const wrong = sha256(Buffer.from("other")).toString("base64");
      await expectRejections("400 BadDigest", complete({ ChecksumSHA256: wrong }));
      await expectRejections("400 InvalidRequest", complete({ ChecksumCRC32: "AAAAAA==" }));
      await expectRejections("400 InvalidRequest", complete({ ChecksumType: "FULL_OBJECT" }));
      await complete();
    });

    it("returns the checksum of each part", async () => {
      const complete = await upload("parts");
      await complete();
      const asked = { Bucket, Key: "parts", ObjectAttributes: ["ObjectParts" as const] };
      const { ObjectParts } = await s3.client.getObjectAttributes(asked);
      expect(ObjectParts!.Parts!.map(({ ChecksumSHA256 }) => ChecksumSHA256)).to.deep.equal(sums);
      const part = { Bucket, Key: "parts", PartNumber: 2, ChecksumMode: "ENABLED" } as const;
      const got = await s3.client.getObject(part);
      expect(got.ChecksumSHA256).to.equal(sums[1]);
      expect(await got.Body!.transformToString()).to.equal("the end");
      const head = await s3.client.headObject({ ...part, PartNumber: 1 });
      expect(head.ChecksumSHA256).to.equal(sums[0]);
    });
  });

  it("rejects encryption headers on GET and HEAD", async () => {
    await s3.put(Bucket, "k");
    for (const method of ["GET", "HEAD"]) {
      for (const header of ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"]) {
        const { status } = await s3.send(method, `/${Bucket}/k`, { headers: { [header]: "aws:kms" } });
        expect(status, `${method} ${header}`).to.equal(400);
      }
    }
  });

  it("rejects ACLs and ownership that would grant access to others", async () => {
    const create = (more: object) => s3.client.createBucket({ Bucket: "listed", ...more });
    await expectRejections("400 InvalidBucketAclWithObjectOwnership", create({ ACL: "public-read" }));
    await expectRejections("501 NotImplemented", create({ ObjectOwnership: "ObjectWriter" }));
    await expectRejections("400 InvalidArgument", create({ ObjectOwnership: "Everybody" }));
    await create({ ACL: "private", ObjectOwnership: "BucketOwnerEnforced" });
    const rejected = "400 AccessControlListNotSupported";
    const readable = { "x-amz-acl": "public-read" };
    for (const [outcome, headers, method = "PUT", query = ""] of [
      [rejected, readable],
      [rejected, { "x-amz-grant-read": 'id="x"' }],
      [rejected, readable, "POST", "?uploads"],
      [rejected, { ...readable, "x-amz-copy-source": `${Bucket}/k` }],
      ["200", { "x-amz-acl": "bucket-owner-full-control" }],
      ["200", { "x-amz-acl": "private" }],
    ] as [string, Record<string, string>, string?, string?][]) {
      const answer = await s3.send(method, `/${Bucket}/acl${query}`, { headers });
      expect(answer.outcome, JSON.stringify(headers)).to.equal(outcome);
    }
  });

  it("encodes non-ASCII metadata by RFC 2047 and returns content encodings unchanged", async () => {
    const meta = async (sent: string): Promise<string> => {
      await s3.send("PUT", `/${Bucket}/m`, { headers: { "x-amz-meta-a": sent } });
      return String((await s3.send("HEAD", `/${Bucket}/m`)).headers["x-amz-meta-a"]);
    };
    const inUtf8 = (text: string) => Buffer.from(text).toString("latin1");
    expect(await meta("plain, text")).to.equal("plain, text");
    // JavaScript clients encode headers as Latin-1, Python clients as UTF-8.
    expect(await meta("prix é")).to.equal("prix é");
    expect(await meta(inUtf8("prix é"))).to.equal("prix é");
    expect(await meta(inUtf8("価格"))).to.equal(`=?UTF-8?B?${Buffer.from("価格").toString("base64")}?=`);

    for (const [sent, kept] of [
      ["deflate, gzip", "deflate, gzip"],
      ["gzip, aws-chunked", "gzip"],
      ["aws-chunked, gzip", "gzip"],
      ["aws-chunked,aws-chunked", undefined],
      ["aws-chunked", undefined],
    ] as const) {
      const put = await s3.send("PUT", `/${Bucket}/e`, { headers: { "content-encoding": sent } });
      expect(put.outcome, sent).to.equal("200");
      expect((await s3.send("HEAD", `/${Bucket}/e`)).headers["content-encoding"], sent).to.equal(kept);
    }
  });

  it("rejects headers in presigned URLs that cannot be headers of responses", async () => {
    const put = async (query: string) => (await s3.send("PUT", `/${Bucket}/q?${query}`)).outcome;
    const redirect = "x-amz-website-redirect-location";
    const key = "x-amz-server-side-encryption=aws:kms&x-amz-server-side-encryption-aws-kms-key-id";
    for (const start of [`${redirect}=/`, `${key}=`, "x-amz-meta-a=%E2%82%AC", "x-amz-meta-"]) {
      expect(await put(`${start}%0A`), start).to.equal("400 InvalidArgument");
    }
    for (const start of [`${redirect}=/`, `${key}=`]) {
      expect(await put(`${start}%E2%82%AC`), start).to.equal("400 InvalidArgument");
    }
    expect(await put(`${redirect}=/%C3%A9&x-amz-meta-a=%E2%82%AC`)).to.equal("200");
    const { headers } = await s3.send("HEAD", `/${Bucket}/q`);
    expect([headers[redirect], headers["x-amz-meta-a"]]).to.deep.equal(["/é", "=?UTF-8?B?4oKs?="]);
  });

  it("rejects the delete conditions of directory buckets", async () => {
    await s3.put(Bucket, "kept");
    for (const header of ["x-amz-if-match-size", "x-amz-if-match-last-modified-time"]) {
      const { outcome } = await s3.send("DELETE", `/${Bucket}/kept`, { headers: { [header]: "1" } });
      expect(outcome).to.equal("501 NotImplemented");
    }
    expect(await s3.read(Bucket, "kept")).to.equal("kept");
  });
});

describe("emulator: HTTP behavior of S3", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
    await service.createBucket(Bucket, { k: "v" });
  });
  after(() => service.stop());

  const signed = signedFor("s3");

  it("returns the same request id in the header and in the error", async () => {
    for (const headers of [signed, {}]) {
      const answer = await sendPlain(service.endpoint, "GET", `/${Bucket}/none`, { headers });
      expect(answer.body).to.include(`<RequestId>${String(answer.headers["x-amz-request-id"])}</RequestId>`);
      expect(answer.headers).not.to.have.property("x-amzn-requestid");
    }
  });

  it("rejects a request with Expect: 100-continue before it reads the body", async () => {
    const { port } = new URL(service.endpoint);
    const answerTo = async (key: string, headers: Record<string, string>): Promise<string> => {
      const socket = connect(Number(port), "127.0.0.1");
      const lines = { Host: "127.0.0.1", "Content-Length": "4", Expect: "100-continue", ...headers };
      const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`PUT /${key} HTTP/1.1\r\n${head.join("")}\r\n`);
      const statusLine = async () => String(await once(socket, "data")).split("\r\n")[0]!;
      let answer = await statusLine();
      if (answer === "HTTP/1.1 100 Continue") {
        socket.write("body");
        answer = `100, then ${await statusLine()}`;
      } else await once(socket, "close");
      socket.destroy();
      return answer;
    };
    expect(await answerTo(`${Bucket}/new`, {})).to.equal("HTTP/1.1 403 Forbidden");
    expect(await answerTo("nowhere/new", signed)).to.equal("HTTP/1.1 404 Not Found");
    expect(await answerTo(`${Bucket}/new`, signed)).to.equal("100, then HTTP/1.1 200 OK");
    expect(await service.readObject(Bucket, "new")).to.equal("body");
  });

  it("rejects an expired presigned URL even without credentials to verify signatures", async () => {
    const send = async (method: string, query: Record<string, string>) => {
      const path = `/${Bucket}/k?${new URLSearchParams(query).toString()}`;
      const { outcome, body } = await sendPlain(service.endpoint, method, path, { body: "x" });
      return [outcome, /<Message>([^<]*)/.exec(body)?.[1]];
    };
    const v4 = (age: number) => {
      const date = new Date(Date.now() - age * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
      return {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": `K/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
        "X-Amz-Date": date,
        "X-Amz-Expires": "90",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "00",
      };
    };
    const v2 = (age: number) => {
      const Expires = String(Math.floor(Date.now() / 1000) + 90 - age);
      return { AWSAccessKeyId: "K", Signature: "00", Expires };
    };
    for (const method of ["GET", "PUT"]) {
      for (const presign of [v4, v2]) {
        expect(await send(method, presign(10))).to.deep.equal(["200", undefined]);
        expect(await send(method, presign(100))).to.deep.equal(["403 AccessDenied", "Request has expired"]);
      }
    }
  });
});
