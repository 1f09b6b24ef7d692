/** What suites of other S3 servers assert, and which this one once answered otherwise. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { isBucketName } from "../../../emulator/s3/names";
import { refusalOf, S3Rig } from "./support";
import { EmulatorService } from "../support";

const Bucket = "deviations";
const sha256 = (...bytes: Buffer[]) => createHash("sha256").update(Buffer.concat(bytes)).digest();

describe("S3 server: behavior that other servers' test suites assert", () => {
  let rig: S3Rig;
  before(async () => (rig = await S3Rig.start(Bucket)));
  after(() => rig.stop());

  describe("S3 server: a multipart upload with SHA-256", () => {
    const pieces = [Buffer.alloc(5 * 1024 ** 2, "a"), Buffer.from("the end")] as const;
    const sums = pieces.map((piece) => sha256(piece).toString("base64"));
    const whole = sha256(...pieces.map((piece) => sha256(piece))).toString("base64");

    const upload = async (Key: string) => {
      const command = new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "SHA256" });
      const { UploadId } = await rig.client.send(command);
      const Parts = await Promise.all(
        pieces.map(async (Body, index) => {
          const part = {
            Bucket,
            Key,
            UploadId,
            PartNumber: index + 1,
            Body,
            ChecksumAlgorithm: "SHA256",
          } as const;
          const { ETag, ChecksumSHA256 } = await rig.client.uploadPart(part);
          return { PartNumber: index + 1, ETag, ChecksumSHA256 };
        }),
      );
      return (more: object = {}) =>
        rig.client.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more });
    };

    it("verifies the object's checksum in CompleteMultipartUpload, with or without the number of parts", async () => {
      for (const ChecksumSHA256 of [whole, `${whole}-2`]) {
        const complete = await upload("sum");
        expect((await complete({ ChecksumSHA256 })).ChecksumSHA256).to.equal(`${whole}-2`);
      }
      const complete = await upload("sum");
      const wrong = sha256(Buffer.from("other")).toString("base64");
      expect(await refusalOf(complete({ ChecksumSHA256: wrong }))).to.equal("400 BadDigest");
      expect(await refusalOf(complete({ ChecksumCRC32: "AAAAAA==" }))).to.equal("400 InvalidRequest");
      expect(await refusalOf(complete({ ChecksumType: "FULL_OBJECT" }))).to.equal("400 InvalidRequest");
      await complete();
    });

    it("returns the checksum of each part", async () => {
      await (
        await upload("parts")
      )();
      const asked = { Bucket, Key: "parts", ObjectAttributes: ["ObjectParts" as const] };
      const { ObjectParts } = await rig.client.getObjectAttributes(asked);
      expect(ObjectParts!.Parts!.map(({ ChecksumSHA256 }) => ChecksumSHA256)).to.deep.equal(sums);
      const part = { Bucket, Key: "parts", PartNumber: 2, ChecksumMode: "ENABLED" } as const;
      const got = await rig.client.getObject(part);
      expect(got.ChecksumSHA256).to.equal(sums[1]);
      expect(await got.Body!.transformToString()).to.equal("the end");
      const head = await rig.client.headObject({ ...part, PartNumber: 1 });
      expect(head.ChecksumSHA256).to.equal(sums[0]);
    });
  });

  it("rejects encryption headers on GET and HEAD", async () => {
    await rig.put(Bucket, "k");
    for (const method of ["GET", "HEAD"]) {
      for (const header of ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"]) {
        const { status } = await rig.send(method, `/${Bucket}/k`, { headers: { [header]: "aws:kms" } });
        expect(status, `${method} ${header}`).to.equal(400);
      }
    }
  });

  it("allows only bucket names whose labels are host labels", () => {
    for (const name of [
      "foo.-bar",
      "foo-.bar",
      "foo..bar",
      ".foo",
      "-foo",
      "foo-",
      "10.0.0.1",
      "xn--a",
      "Foo",
    ]) {
      expect(isBucketName(name), name).to.equal(false);
    }
    for (const name of ["foo.bar", "f-o.b-r", "123", "a.b.c"])
      expect(isBucketName(name), name).to.equal(true);
  });

  it("rejects ACLs and ownership that would grant access to others", async () => {
    const create = (more: object) => refusalOf(rig.client.createBucket({ Bucket: "listed", ...more }));
    expect(await create({ ACL: "public-read" })).to.equal("400 InvalidBucketAclWithObjectOwnership");
    expect(await create({ ObjectOwnership: "ObjectWriter" })).to.equal("501 NotImplemented");
    expect(await create({ ObjectOwnership: "Everybody" })).to.equal("400 InvalidArgument");
    await rig.client.createBucket({
      Bucket: "listed",
      ACL: "private",
      ObjectOwnership: "BucketOwnerEnforced",
    });
    const put = async (headers: Record<string, string>, query = "") => {
      const { status, code } = await rig.send(query ? "POST" : "PUT", `/${Bucket}/acl${query}`, { headers });
      return [status, code].filter(Boolean).join(" ");
    };
    const refused = "400 AccessControlListNotSupported";
    expect(await put({ "x-amz-acl": "public-read" })).to.equal(refused);
    expect(await put({ "x-amz-grant-read": 'id="x"' })).to.equal(refused);
    expect(await put({ "x-amz-acl": "public-read" }, "?uploads")).to.equal(refused);
    expect(await put({ "x-amz-acl": "public-read", "x-amz-copy-source": `${Bucket}/k` })).to.equal(refused);
    expect(await put({ "x-amz-acl": "bucket-owner-full-control" })).to.equal("200");
    expect(await put({ "x-amz-acl": "private" })).to.equal("200");
  });

  it("returns non-ASCII metadata by RFC 2047 and content encodings unchanged", async () => {
    const meta = async (sent: string): Promise<string> => {
      await rig.send("PUT", `/${Bucket}/m`, { headers: { "x-amz-meta-a": sent } });
      return String((await rig.send("HEAD", `/${Bucket}/m`)).headers["x-amz-meta-a"]);
    };
    const inUtf8 = (text: string) => Buffer.from(text).toString("latin1");
    expect(await meta("plain, text")).to.equal("plain, text");
    // As clients of JavaScript write it, and as those of Python do.
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
      const put = await rig.send("PUT", `/${Bucket}/e`, { headers: { "content-encoding": sent } });
      expect(put.status, sent).to.equal(200);
      expect((await rig.send("HEAD", `/${Bucket}/e`)).headers["content-encoding"], sent).to.equal(kept);
    }
  });

  it("rejects the delete conditions of directory buckets", async () => {
    await rig.put(Bucket, "kept");
    for (const header of ["x-amz-if-match-size", "x-amz-if-match-last-modified-time"]) {
      const { code } = await rig.send("DELETE", `/${Bucket}/kept`, { headers: { [header]: "1" } });
      expect(code).to.equal("NotImplemented");
    }
    expect(await rig.textOf(Bucket, "kept")).to.equal("kept");
  });
});

describe("S3 at the local service's address", () => {
  let rig: EmulatorService;
  before(async () => {
    rig = await EmulatorService.start();
    await rig.createBucket(Bucket, { k: "v" });
  });
  after(() => rig.stop());

  it("puts the same request id into the header and the error", async () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";
    for (const headers of [new Headers({ authorization }), new Headers()]) {
      const answer = await fetch(`${rig.local.endpoint}/${Bucket}/none`, { headers });
      const id = answer.headers.get("x-amz-request-id");
      expect(await answer.text()).to.include(`<RequestId>${id}</RequestId>`);
      expect(answer.headers.get("x-amzn-requestid")).to.equal(null);
    }
  });

  it("answers a rejected request with Expect: 100-continue before its body", async () => {
    const { port } = new URL(rig.local.endpoint);
    const answerTo = async (key: string, scope?: string): Promise<string> => {
      const socket = connect(Number(port), "127.0.0.1");
      const signed = scope
        ? `Authorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00\r\n`
        : "";
      socket.write(
        `PUT /${key} HTTP/1.1\r\nHost: 127.0.0.1\r\n${signed}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
      );
      let [text] = String(await once(socket, "data")).split("\r\n");
      if (text === "HTTP/1.1 100 Continue") {
        socket.write("body");
        [text] = String(await once(socket, "data")).split("\r\n");
        text = `100, then ${text}`;
      } else await once(socket, "close");
      socket.destroy();
      return text!;
    };
    const scope = "K/20260101/us-east-1/s3/aws4_request";
    expect(await answerTo(`${Bucket}/new`)).to.equal("HTTP/1.1 403 Forbidden");
    expect(await answerTo("nowhere/new", scope)).to.equal("HTTP/1.1 404 Not Found");
    expect(await answerTo(`${Bucket}/new`, scope)).to.equal("100, then HTTP/1.1 200 OK");
    expect(await rig.readObject(Bucket, "new")).to.equal("body");
  });

  it("rejects an expired presigned URL even when it verifies no signatures", async () => {
    const status = async (query: Record<string, string>, method = "GET") => {
      const url = `${rig.local.endpoint}/${Bucket}/k?${new URLSearchParams(query).toString()}`;
      const answer = await fetch(url, { method, body: method === "PUT" ? "x" : undefined });
      return `${answer.status} ${/<Message>([^<]*)/.exec(await answer.text())?.[1] ?? ""}`.trim();
    };
    const v4 = (age: number, lifetime: number) => {
      const date = new Date(Date.now() - age * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
      return {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": `K/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
        "X-Amz-Date": date,
        "X-Amz-Expires": String(lifetime),
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "00",
      };
    };
    const v2 = (age: number) => ({
      AWSAccessKeyId: "K",
      Signature: "00",
      Expires: String(Math.floor(Date.now() / 1000) - age),
    });
    for (const method of ["GET", "PUT"]) {
      for (const query of [v4(100, 90), v2(10)]) {
        expect(await status(query, method)).to.equal("403 Request has expired");
      }
      for (const query of [v4(10, 90), v2(-60)]) expect(await status(query, method)).to.equal("200");
    }
  });
});
