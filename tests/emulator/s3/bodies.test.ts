import { createHash } from "node:crypto";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { algorithms, combineChecksums } from "../../../emulator/s3/checksums";
import { checksumOf, expectRejections, S3Service } from "./support";

const Bucket = "bodies";
const hash = (name: string, text: string) => createHash(name).update(text);

const crc32 = (text: string): string => checksumOf("CRC32", Buffer.from(text)).toString("base64");

describe("S3 server: request bodies", () => {
  let s3: S3Service;
  before(async () => (s3 = await S3Service.start(Bucket)));
  after(() => s3.stop());

  const put = (key: string, body: string, headers: Record<string, string> = {}) =>
    s3.send("PUT", `/${Bucket}/${key}`, { headers, body });

  it("rejects a body that differs from a digest in its headers", async () => {
    const md5 = (text: string) => ({ "content-md5": hash("md5", text).digest("base64") });
    const sha256 = (text: string) => ({ "x-amz-content-sha256": hash("sha256", text).digest("hex") });
    const checksum = (text: string) => ({ "x-amz-checksum-crc32": crc32(text) });
    const sha1 = { "x-amz-checksum-sha1": hash("sha1", "body").digest("base64") };
    await put("kept", "before");
    for (const [headers, code] of [
      [md5("other"), "BadDigest"],
      [{ "content-md5": "no-md5" }, "InvalidDigest"],
      [sha256("other"), "XAmzContentSHA256Mismatch"],
      [{ "x-amz-content-sha256": "no-sha" }, "InvalidArgument"],
      [checksum("other"), "BadDigest"],
      [{ "x-amz-checksum-crc32": "AAA" }, "InvalidRequest"],
      [{ ...checksum("body"), ...sha1 }, "InvalidRequest"],
    ] as [Record<string, string>, string][]) {
      expect((await put("kept", "body", headers)).outcome, JSON.stringify(headers)).to.equal(`400 ${code}`);
    }
    expect(await s3.read(Bucket, "kept")).to.equal("before");
    const right = { ...md5("body"), ...sha256("body"), ...checksum("body") };
    expect((await put("kept", "body", right)).outcome).to.equal("200");
    expect(await s3.read(Bucket, "kept")).to.equal("body");
  });

  it("rejects a body without a length or above 5 GiB", async () => {
    const without = await put("k", "body", { "transfer-encoding": "chunked" });
    expect(without.outcome).to.equal("411 MissingContentLength");
    const length = { "x-amz-decoded-content-length": String(5 * 1024 ** 3 + 1) };
    const tooLong = await put("k", "0\r\n\r\n", { ...length, "content-encoding": "aws-chunked" });
    expect(tooLong.outcome).to.equal("400 EntityTooLarge");
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
    expect(signed.outcome).to.equal("200");
    const got = await s3.client.getObject({ Bucket, Key: "signed" });
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
    const checksumOf = (text: string) => `x-amz-checksum-crc32:${crc32(text)}\r\n`;
    const { headers } = await trailing("body", checksumOf("body"));
    expect(headers["x-amz-checksum-crc32"]).to.equal(crc32("body"));
    for (const [code, ...given] of [
      ["BadDigest", "body", checksumOf("other")],
      ["MalformedTrailerError", "body", ""],
      ["MalformedTrailerError", "body", "no trailer\r\n"],
      ["IncompleteBody", "bod", "", ""],
      ["IncompleteBody", "body more", "", ""],
    ] as [string, ...Parameters<typeof trailing>][]) {
      expect((await trailing(...given)).outcome, given.join()).to.equal(`400 ${code}`);
    }
  });

  it("rejects malformed aws-chunked framing", async () => {
    const headers = { "x-amz-decoded-content-length": "4", "content-encoding": "aws-chunked" };
    for (const [body, code] of [
      ["body", "InvalidRequest"],
      ["4\r\nbodymore\r\n0\r\n\r\n", "InvalidRequest"],
      ["8\r\nbody", "IncompleteBody"],
      ["x".repeat(20_000), "InvalidRequest"],
    ] as const) {
      expect((await put("malformed", body, headers)).outcome).to.equal(`400 ${code}`);
    }
    await expectRejections("404 NoSuchKey", s3.read(Bucket, "malformed"));
  });

  it("rejects a request before its body has arrived, and keeps the connection open", async () => {
    const body = Buffer.alloc(8 * 1024 ** 2, "x");
    const headers = { "x-amz-decoded-content-length": "4", "content-encoding": "aws-chunked" };
    expect((await s3.send("PUT", "/nowhere/k", { body })).outcome).to.equal("404 NoSuchBucket");
    const malformed = await s3.send("PUT", `/${Bucket}/k`, { headers, body });
    expect(malformed.outcome).to.equal("400 InvalidRequest");
    expect((await s3.send("GET", `/${Bucket}`)).outcome).to.equal("200");
    await expectRejections("404 NoSuchBucket", s3.put("nowhere", "k", body));
  });

  it("stores and returns every checksum of the AWS client", async () => {
    for (const ChecksumAlgorithm of algorithms as readonly ChecksumAlgorithm[]) {
      const Key = `by-${ChecksumAlgorithm}`;
      await s3.client.putObject({ Bucket, Key, Body: "123456789", ChecksumAlgorithm });
      const got = await s3.client.getObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      expect(got).to.have.property(`Checksum${ChecksumAlgorithm}`);
      expect(await got.Body!.transformToString()).to.equal("123456789");
    }
    const checksum = { "x-amz-checksum-crc64nvme": "rosUhgp5mIg=" };
    const { headers } = await put("nvme", "123456789", checksum);
    expect(headers).to.include({ ...checksum, "x-amz-checksum-type": "FULL_OBJECT" });
    expect((await put("nvme", "12345678", checksum)).outcome).to.equal("400 BadDigest");
  });

  it("combines the CRCs of parts into the CRC of the whole", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), (pieces) => {
        for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
          const parts = pieces.map((piece) => ({ digest: checksumOf(algorithm, piece), size: piece.length }));
          const whole = checksumOf(algorithm, Buffer.concat(pieces)).toString("base64");
          expect(combineChecksums(algorithm, "FULL_OBJECT", parts).value).to.equal(whole);
          expect(checksumOf(algorithm, ...pieces).toString("base64")).to.equal(whole);
        }
      }),
    );
    expect(checksumOf("CRC32C", Buffer.from("123456789")).toString("hex")).to.equal("e3069283");
    expect(checksumOf("CRC64NVME", Buffer.from("123456789")).toString("hex")).to.equal("ae8b14860a799888");
  });
});
