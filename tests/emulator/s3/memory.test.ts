import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { S3 } from "@aws-sdk/client-s3";
import { expect } from "chai";

const size = 256 * 1024 ** 2;
const Bucket = "memory";

function* zeros(): Generator<Buffer> {
  const chunk = Buffer.alloc(256 * 1024);
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
}

async function answerOf(child: ChildProcess): Promise<{ endpoint?: string; grown?: number }> {
  const [answer] = (await once(child, "message")) as [{ endpoint?: string; grown?: number }];
  return answer;
}

describe("emulator: S3's memory", () => {
  it("does not grow with the objects that go in and out", async () => {
    const child = fork(join(__dirname, "memory-child.js"), { execArgv: ["--expose-gc"] });
    try {
      const { endpoint } = await answerOf(child);
      const credentials = { accessKeyId: "TEST", secretAccessKey: "test" };
      const client = new S3({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
      await client.createBucket({ Bucket });
      // What loads with the first requests is no growth.
      await client.putObject({ Bucket, Key: "small", Body: "x" });
      child.send("watch");
      await answerOf(child);
      await client.putObject({ Bucket, Key: "from", Body: Readable.from(zeros()), ContentLength: size });
      await client.copyObject({ Bucket, Key: "to", CopySource: `${Bucket}/from` });
      const { Body } = await client.getObject({ Bucket, Key: "to" });
      let got = 0;
      for await (const chunk of Body as Readable) got += (chunk as Buffer).length;
      expect(got).to.equal(size);
      client.destroy();
      child.send("stop");
      expect((await answerOf(child)).grown).to.be.below(100 * 1024 ** 2);
    } finally {
      child.kill();
    }
  });
});
