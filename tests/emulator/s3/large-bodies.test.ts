import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { algorithms, checksumHeaderName } from "../../../emulator/s3/checksums";
import { checksumOf, S3Service } from "./support";

const Bucket = "large";
const md5 = (body: Buffer) => createHash("md5").update(body).digest();

/** Creates a body whose digests threads compute. Each seed gives other bytes. */
function large(seed: string, size = 5_000_003): Buffer {
  const block = createHash("sha512").update(seed).digest();
  const body = Buffer.alloc(size, block);
  for (let at = 0; at + 4 <= size; at += 4096) body.writeUInt32LE(at, at);
  return body;
}

describe("S3 server: large bodies", () => {
  let s3: S3Service;
  beforeEach(async () => (s3 = await S3Service.start(Bucket)));
  afterEach(() => s3.stop());

  const path = `/${Bucket}/k`;

  async function bytesOf(Key: string): Promise<Buffer> {
    const { Body } = await s3.client.getObject({ Bucket, Key });
    return Buffer.from(await Body!.transformToByteArray());
  }

  /** Sends the head of a PUT on a new connection. */
  async function beginPut(headers: Record<string, string | number>): Promise<Socket> {
    const socket = connect(Number(new URL(s3.endpoint).port), "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    const lines = Object.entries({ host: "h", connection: "close", ...headers });
    socket.write(
      `PUT ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    );
    return socket;
  }

  async function putInPieces(
    headers: Record<string, string | number>,
    body: Buffer,
    length: number,
  ): Promise<string> {
    const socket = await beginPut({ "content-length": body.length, ...headers });
    const answer = new Promise<string>((resolve) => {
      let text = "";
      socket.setEncoding("latin1").on("data", (more) => (text += String(more)));
      socket.once("end", () => resolve(text));
    });
    for (let at = 0; at < body.length; at += length) {
      if (!socket.write(body.subarray(at, at + length))) await once(socket, "drain");
      await nextTurn();
    }
    return answer;
  }

  const etagIn = (answer: string) => /^etag: "(\w+)"/im.exec(answer)?.[1];

  it("returns the MD5 of all bytes as ETag when the body arrives in small pieces", async () => {
    const body = large("pieces");
    expect(etagIn(await putInPieces({}, body, 997))).to.equal(md5(body).toString("hex"));
    expect(md5(await bytesOf("k"))).to.deep.equal(md5(body));
  });

  it("decodes a large body in small chunks", async () => {
    const body = large("chunks", 2_000_001);
    const framed: Buffer[] = [];
    for (let at = 0; at < body.length; at += 1009) {
      const chunk = body.subarray(at, at + 1009);
      framed.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
    }
    framed.push(
      Buffer.from(`0\r\nx-amz-checksum-crc32:${checksumOf("CRC32", body).toString("base64")}\r\n\r\n`),
    );
    const headers = {
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": body.length,
      "x-amz-trailer": "x-amz-checksum-crc32",
    };
    const answer = await putInPieces(headers, Buffer.concat(framed), 10_007);
    expect(etagIn(answer), answer).to.equal(md5(body).toString("hex"));
    expect(md5(await bytesOf("k"))).to.deep.equal(md5(body));
  });

  it("rejects a large body that differs from a digest in its headers, and keeps the previous object", async () => {
    const [body, other] = [large("body"), large("other")];
    const given: Record<string, (bytes: Buffer) => string> = {
      "content-md5": (bytes) => md5(bytes).toString("base64"),
      "x-amz-content-sha256": (bytes) => createHash("sha256").update(bytes).digest("hex"),
    };
    for (const algorithm of algorithms) {
      given[checksumHeaderName(algorithm)] = (bytes) => checksumOf(algorithm, bytes).toString("base64");
    }
    for (const [name, valueOf] of Object.entries(given)) {
      const put = (bytes: Buffer) => s3.send("PUT", path, { headers: { [name]: valueOf(bytes) }, body });
      await s3.put(Bucket, "k", "before");
      expect((await put(other)).outcome, name).to.match(/^400 (BadDigest|XAmzContentSHA256Mismatch)$/);
      await s3.waitForFiles(1);
      expect(await s3.read(Bucket, "k")).to.equal("before");
      const accepted = await put(body);
      expect([name, accepted.outcome]).to.deep.equal([name, "200"]);
      expect(accepted.headers.etag).to.equal(`"${md5(body).toString("hex")}"`);
    }
  });

  it("deletes the file of an interrupted body, and digests the next body correctly", async () => {
    await s3.put(Bucket, "k", "before");
    const body = large("broken");
    const socket = await beginPut({ "content-length": body.length });
    socket.write(body.subarray(0, 4_500_000));
    await s3.waitForFiles(2);
    await s3.waitForSize(4_000_000);
    socket.destroy();
    await s3.waitForFiles(1);
    expect(await s3.read(Bucket, "k")).to.equal("before");
    const next = large("next");
    expect((await s3.put(Bucket, "k", next)).ETag).to.equal(`"${md5(next).toString("hex")}"`);
    await s3.waitForFiles(1);
  });

  it("digests many large bodies concurrently", async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => large(`body ${index}`, 1_500_000 + index));
    const put = (Body: Buffer, index: number) => {
      const ChecksumAlgorithm = algorithms[index % algorithms.length] as ChecksumAlgorithm;
      return s3.client.putObject({ Bucket, Key: String(index), Body, ChecksumAlgorithm });
    };
    const answers = await Promise.all(bodies.map(put));
    expect(answers.map(({ ETag }) => ETag)).to.deep.equal(
      bodies.map((body) => `"${md5(body).toString("hex")}"`),
    );
  });
});
