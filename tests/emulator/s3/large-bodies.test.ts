import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { algorithms, createDigest, checksumHeaderName } from "../../../emulator/s3/checksums";
import { S3Rig } from "./support";
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import { Readable } from "node:stream";
import { S3 } from "@aws-sdk/client-s3";

const Bucket = "large";
const md5 = (body: Buffer) => createHash("md5").update(body).digest();

/** Large enough for its digests to be computed in threads; every one is another. */
function large(seed: string, size = 5_000_003): Buffer {
  const block = createHash("sha512").update(seed).digest();
  const body = Buffer.alloc(size, block);
  for (let at = 0; at + 4 <= size; at += 4096) body.writeUInt32LE(at, at);
  return body;
}

describe("S3 server: large bodies", () => {
  let rig: S3Rig;
  beforeEach(async () => {
    rig = await S3Rig.start(Bucket);
  });
  afterEach(() => rig.stop());

  const path = `/${Bucket}/k`;

  async function bytesOf(Key: string): Promise<Buffer> {
    const { Body } = await rig.client.getObject({ Bucket, Key });
    return Buffer.from(await Body!.transformToByteArray());
  }

  /** The head of a PUT, on a connection of its own. */
  async function begun(headers: Record<string, string | number>): Promise<Socket> {
    const socket = connect(Number(new URL(rig.server.endpoint).port), "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    const lines = Object.entries({ host: "h", connection: "close", ...headers });
    socket.write(
      `PUT ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    );
    return socket;
  }

  async function inPieces(
    headers: Record<string, string | number>,
    body: Buffer,
    length: number,
  ): Promise<string> {
    const socket = await begun({ "content-length": body.length, ...headers });
    const answer = new Promise<string>((resolve) => {
      let text = "";
      socket.setEncoding("latin1").on("data", (more) => (text += String(more)));
      socket.once("end", () => resolve(text));
    });
    for (let at = 0; at < body.length; at += length) {
      if (!socket.write(body.subarray(at, at + length))) await once(socket, "drain");
      await turn();
    }
    return answer;
  }

  const etagIn = (answer: string) => /^etag: "(\w+)"/im.exec(answer)?.[1];

  it("returns the MD5 of all bytes as ETag, however the body is split", async () => {
    const body = large("pieces");
    expect(etagIn(await inPieces({}, body, 997))).to.equal(md5(body).toString("hex"));
    expect(md5(await bytesOf("k"))).to.deep.equal(md5(body));
  });

  it("decodes a large body in small chunks", async () => {
    const body = large("chunks", 2_000_001);
    const crc32 = createDigest("CRC32");
    crc32.update(body);
    const framed: Buffer[] = [];
    for (let at = 0; at < body.length; at += 1009) {
      const chunk = body.subarray(at, at + 1009);
      framed.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
    }
    framed.push(Buffer.from(`0\r\nx-amz-checksum-crc32:${crc32.digest().toString("base64")}\r\n\r\n`));
    const headers = {
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": body.length,
      "x-amz-trailer": "x-amz-checksum-crc32",
    };
    const answer = await inPieces(headers, Buffer.concat(framed), 10_007);
    expect(etagIn(answer), answer).to.equal(md5(body).toString("hex"));
    expect(md5(await bytesOf("k"))).to.deep.equal(md5(body));
  });

  it("rejects a large body that differs from any digest and keeps the old object", async () => {
    await rig.put(Bucket, "k", "before");
    const [body, other] = [large("body"), large("other")];
    const given: Record<string, (bytes: Buffer) => string> = {
      "content-md5": (bytes) => md5(bytes).toString("base64"),
      "x-amz-content-sha256": (bytes) => createHash("sha256").update(bytes).digest("hex"),
    };
    for (const algorithm of algorithms) {
      given[checksumHeaderName(algorithm)] = (bytes) => {
        const digest = createDigest(algorithm);
        digest.update(bytes);
        return digest.digest().toString("base64");
      };
    }
    for (const [name, valueOf] of Object.entries(given)) {
      const refused = await rig.send("PUT", path, { headers: { [name]: valueOf(other) }, body });
      expect([name, refused.status]).to.deep.equal([name, 400]);
      expect(refused.code).to.be.oneOf(["BadDigest", "XAmzContentSHA256Mismatch"]);
      await rig.filesBecome(1);
      expect(await rig.textOf(Bucket, "k")).to.equal("before");
    }
    for (const [name, valueOf] of Object.entries(given)) {
      const taken = await rig.send("PUT", path, { headers: { [name]: valueOf(body) }, body });
      expect([name, taken.status]).to.deep.equal([name, 200]);
      expect(taken.headers["etag"]).to.equal(`"${md5(body).toString("hex")}"`);
    }
  });

  it("removes a large body that breaks off, and digests the next one correctly", async () => {
    await rig.put(Bucket, "k", "before");
    const body = large("broken");
    const socket = await begun({ "content-length": body.length });
    socket.write(body.subarray(0, 4_500_000));
    await rig.filesBecome(2);
    await rig.written(4_000_000);
    socket.destroy();
    await rig.filesBecome(1);
    expect(await rig.textOf(Bucket, "k")).to.equal("before");
    const next = large("next");
    expect((await rig.put(Bucket, "k", next)).ETag).to.equal(`"${md5(next).toString("hex")}"`);
    await rig.filesBecome(1);
  });

  it("digests many large bodies at once", async () => {
    const some = Array.from({ length: 12 }, (_, index) => large(`body ${index}`, 1_500_000 + index));
    const put = (Body: Buffer, index: number) => {
      const ChecksumAlgorithm = algorithms[index % algorithms.length] as ChecksumAlgorithm;
      return rig.client.putObject({ Bucket, Key: String(index), Body, ChecksumAlgorithm });
    };
    const answers = await Promise.all(some.map(put));
    expect(answers.map(({ ETag }) => ETag)).to.deep.equal(
      some.map((body) => `"${md5(body).toString("hex")}"`),
    );
  });
});

const hugeSize = 256 * 1024 ** 2;
const memoryBucket = "memory";

function* zeros(): Generator<Buffer> {
  const chunk = Buffer.alloc(256 * 1024);
  for (let sent = 0; sent < hugeSize; sent += chunk.length) yield chunk;
}

async function answerOf(child: ChildProcess): Promise<{ endpoint?: string; grown?: number }> {
  const [answer] = (await once(child, "message")) as [{ endpoint?: string; grown?: number }];
  return answer;
}

describe("S3 server: memory", () => {
  it("uses less than 100 MiB for objects of 256 MiB", async () => {
    const child = fork(join(__dirname, "memory-child.js"), { execArgv: ["--expose-gc"] });
    try {
      const { endpoint } = await answerOf(child);
      const credentials = { accessKeyId: "TEST", secretAccessKey: "test" };
      const client = new S3({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
      await client.createBucket({ Bucket: memoryBucket });
      // What loads with the first requests is no growth.
      await client.putObject({ Bucket: memoryBucket, Key: "small", Body: "x" });
      child.send("watch");
      await answerOf(child);
      await client.putObject({
        Bucket: memoryBucket,
        Key: "from",
        Body: Readable.from(zeros()),
        ContentLength: hugeSize,
      });
      await client.copyObject({ Bucket: memoryBucket, Key: "to", CopySource: `${memoryBucket}/from` });
      const { Body } = await client.getObject({ Bucket: memoryBucket, Key: "to" });
      let got = 0;
      for await (const chunk of Body as Readable) got += (chunk as Buffer).length;
      expect(got).to.equal(hugeSize);
      client.destroy();
      child.send("stop");
      expect((await answerOf(child)).grown).to.be.below(100 * 1024 ** 2);
    } finally {
      child.kill();
    }
  });
});
