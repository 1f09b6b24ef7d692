import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { existsSync } from "node:fs";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { algorithms, combineChecksums, createDigest } from "../../../emulator/s3/checksums";
import { refusalOf, S3Rig } from "./support";

const Bucket = "bodies";
const hash = (name: string, text: string | Buffer) => createHash(name).update(text);
const crc32 = (text: string): string => {
  const digest = createDigest("CRC32");
  digest.update(Buffer.from(text));
  return digest.digest().toString("base64");
};

describe("S3 server: request bodies", () => {
  let rig: S3Rig;
  before(async () => {
    rig = await S3Rig.start(Bucket);
  });
  after(() => rig.stop());

  const put = (key: string, body: string, headers: Record<string, string> = {}) =>
    rig.send("PUT", `/${Bucket}/${key}`, { headers, body });

  it("rejects a body that differs from a digest in its headers", async () => {
    const wrong = "other";
    const md5 = (text: string) => ({ "content-md5": hash("md5", text).digest("base64") });
    const sha256 = (text: string) => ({ "x-amz-content-sha256": hash("sha256", text).digest("hex") });
    const checksum = (text: string) => ({ "x-amz-checksum-crc32": crc32(text) });
    await put("kept", "before");
    for (const [headers, code] of [
      [md5(wrong), "BadDigest"],
      [{ "content-md5": "no-md5" }, "InvalidDigest"],
      [sha256(wrong), "XAmzContentSHA256Mismatch"],
      [{ "x-amz-content-sha256": "no-sha" }, "InvalidArgument"],
      [checksum(wrong), "BadDigest"],
      [{ "x-amz-checksum-crc32": "AAA" }, "InvalidRequest"],
      [
        { ...checksum("body"), "x-amz-checksum-sha1": hash("sha1", "body").digest("base64") },
        "InvalidRequest",
      ],
    ] as [Record<string, string>, string][]) {
      const refused = await put("kept", "body", headers);
      expect([refused.status, refused.code], JSON.stringify(headers)).to.deep.equal([400, code]);
    }
    expect(await rig.textOf(Bucket, "kept")).to.equal("before");
    expect(
      (await put("kept", "body", { ...md5("body"), ...sha256("body"), ...checksum("body") })).status,
    ).to.equal(200);
    expect(await rig.textOf(Bucket, "kept")).to.equal("body");
  });

  it("rejects a body without a length or above 5 GiB", async () => {
    const without = await put("k", "body", { "transfer-encoding": "chunked" });
    expect([without.status, without.code]).to.deep.equal([411, "MissingContentLength"]);
    const tooLong = {
      "x-amz-decoded-content-length": String(5 * 1024 ** 3 + 1),
      "content-encoding": "aws-chunked",
    };
    expect((await put("k", "0\r\n\r\n", tooLong)).code).to.equal("EntityTooLarge");
  });

  it("decodes aws-chunked bodies with signed chunks", async () => {
    const body = "0123456789".repeat(20_000);
    const chunks = [body.slice(0, 70_000), body.slice(70_000, 70_001), body.slice(70_001)];
    const framed = [...chunks, ""].map(
      (chunk) => `${chunk.length.toString(16)};chunk-signature=${"0".repeat(64)}\r\n${chunk}\r\n`,
    );
    const signed = await put("signed", framed.join(""), {
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "x-amz-decoded-content-length": String(body.length),
      "content-encoding": "aws-chunked,gzip",
    });
    expect(signed.status, signed.text).to.equal(200);
    const got = await rig.client.getObject({ Bucket, Key: "signed" });
    expect([got.ContentEncoding, await got.Body!.transformToString()]).to.deep.equal(["gzip", body]);
  });

  it("verifies a trailing checksum", async () => {
    const trailing = (text: string, trailer: string, announced = "x-amz-checksum-crc32") =>
      put("trailing", `${text.length.toString(16)}\r\n${text}\r\n0\r\n${trailer}\r\n`, {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "4",
        "content-encoding": "aws-chunked",
        "x-amz-trailer": announced,
      });
    expect(
      (await trailing("body", `x-amz-checksum-crc32:${crc32("body")}\r\n`)).headers["x-amz-checksum-crc32"],
    ).to.equal(crc32("body"));
    const codeOf = async (...given: Parameters<typeof trailing>) => (await trailing(...given)).code;
    expect(await codeOf("body", `x-amz-checksum-crc32:${crc32("other")}\r\n`)).to.equal("BadDigest");
    expect(await codeOf("body", "")).to.equal("MalformedTrailerError");
    expect(await codeOf("body", "no trailer\r\n")).to.equal("MalformedTrailerError");
    expect(await codeOf("bod", "", "")).to.equal("IncompleteBody");
    expect(await codeOf("body more", "", "")).to.equal("IncompleteBody");
  });

  it("rejects malformed aws-chunked framing", async () => {
    const headers = { "x-amz-decoded-content-length": "4", "content-encoding": "aws-chunked" };
    const codeOf = async (body: string) => (await put("malformed", body, headers)).code;
    expect(await codeOf("body")).to.equal("InvalidRequest");
    expect(await codeOf("4\r\nbodymore\r\n0\r\n\r\n")).to.equal("InvalidRequest");
    expect(await codeOf("8\r\nbody")).to.equal("IncompleteBody");
    expect(await codeOf("x".repeat(20_000))).to.equal("InvalidRequest");
    expect(await refusalOf(rig.textOf(Bucket, "malformed"))).to.equal("404 NoSuchKey");
  });

  it("keeps the old object and no file when an upload breaks off", async () => {
    const alone = await S3Rig.start(Bucket);
    await alone.put(Bucket, "k", "before");
    const socket = connect(Number(new URL(alone.server.endpoint).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      `PUT /${Bucket}/k HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(500_000)}`,
    );
    await alone.filesBecome(2);
    socket.destroy();
    await alone.filesBecome(1);
    expect(await alone.textOf(Bucket, "k")).to.equal("before");
    await alone.stop();
    expect(existsSync(alone.server.directory)).to.equal(false);
  });

  it("rejects a request before its body has arrived, and keeps the connection usable", async () => {
    const body = Buffer.alloc(8 * 1024 ** 2, "x");
    const missing = await rig.send("PUT", "/nowhere/k", { body });
    expect([missing.status, missing.code]).to.deep.equal([404, "NoSuchBucket"]);
    const headers = { "x-amz-decoded-content-length": "4", "content-encoding": "aws-chunked" };
    const malformed = await rig.send("PUT", `/${Bucket}/k`, { headers, body });
    expect([malformed.status, malformed.code]).to.deep.equal([400, "InvalidRequest"]);
    expect((await rig.send("GET", `/${Bucket}`)).status).to.equal(200);
    const refused = rig.client.putObject({ Bucket: "nowhere", Key: "k", Body: body });
    expect(await refusalOf(refused)).to.equal("404 NoSuchBucket");
  });

  it("stores and returns every checksum of the AWS client", async () => {
    for (const ChecksumAlgorithm of algorithms as readonly ChecksumAlgorithm[]) {
      const Key = `by-${ChecksumAlgorithm}`;
      await rig.client.putObject({ Bucket, Key, Body: "123456789", ChecksumAlgorithm });
      const got = await rig.client.getObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      expect(got).to.have.property(`Checksum${ChecksumAlgorithm}`);
      expect(await got.Body!.transformToString()).to.equal("123456789");
    }
    const nvme = await put("nvme", "123456789", { "x-amz-checksum-crc64nvme": "rosUhgp5mIg=" });
    expect([nvme.status, nvme.headers["x-amz-checksum-type"]]).to.deep.equal([200, "FULL_OBJECT"]);
    expect((await put("nvme", "12345678", { "x-amz-checksum-crc64nvme": "rosUhgp5mIg=" })).code).to.equal(
      "BadDigest",
    );
  });

  it("combines the CRCs of parts into the CRC of the whole", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const digest = (algorithm: (typeof algorithms)[number], ...pieces: Uint8Array[]) => {
      const one = createDigest(algorithm);
      for (const piece of pieces) one.update(piece);
      return one.digest();
    };
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), (pieces) => {
        for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
          const parts = pieces.map((piece) => ({ digest: digest(algorithm, piece), size: piece.length }));
          const whole = digest(algorithm, Buffer.concat(pieces)).toString("base64");
          expect(combineChecksums(algorithm, "FULL_OBJECT", parts).value).to.equal(whole);
          expect(digest(algorithm, ...pieces).toString("base64")).to.equal(whole);
        }
      }),
    );
    expect(digest("CRC32C", Buffer.from("123456789")).toString("hex")).to.equal("e3069283");
    expect(digest("CRC64NVME", Buffer.from("123456789")).toString("hex")).to.equal("ae8b14860a799888");
  });
});
