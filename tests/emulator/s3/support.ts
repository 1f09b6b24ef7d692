/** The S3 server alone on a port, with the AWS client and with plain HTTP. */
import { randomUUID } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { createDigest, type Algorithm } from "../../../emulator/s3/checksums";
import { S3Server } from "../../../emulator/s3/s3-server";
import type { PlainAnswer, PlainRequest, TestServer } from "../../harness/http";
import { sendPlain, startServer } from "../../harness/http";
import { rejection } from "../../harness/emulator-service";

export class S3Service {
  readonly client: S3;
  /** Limited to one connection, so that each response shows that the previous request left the connection usable. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    private readonly s3: S3Server,
    private readonly server: TestServer,
  ) {
    this.client = new S3({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "TEST", secretAccessKey: "test" },
      forcePathStyle: true,
      maxAttempts: 1,
    });
  }

  static async start(...buckets: readonly string[]): Promise<S3Service> {
    const s3 = await S3Server.open();
    const server = await startServer((request, response) => {
      void s3.handle({ request, response, target: request.url!, requestId: randomUUID() });
    });
    const service = new S3Service(s3, server);
    for (const Bucket of buckets) await service.client.createBucket({ Bucket });
    return service;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.#agent.destroy();
    await this.server.close();
    await this.s3.close();
  }

  get endpoint(): string {
    return this.server.url;
  }

  /** Contains the objects' files. */
  get directory(): string {
    return this.s3.files.directory;
  }

  put(Bucket: string, Key: string, Body: string | Buffer = Key) {
    return this.client.putObject({ Bucket, Key, Body: Buffer.from(Body) });
  }

  async read(Bucket: string, Key: string): Promise<string> {
    return (await this.client.getObject({ Bucket, Key })).Body!.transformToString();
  }

  /** Waits until the directory has `count` files, because files are deleted after the response. */
  async waitForFiles(count: number): Promise<void> {
    while ((await readdir(this.directory)).length !== count) await sleep(5);
  }

  /** Waits until a file has at least `size` bytes. */
  async waitForSize(size: number): Promise<void> {
    for (;;) {
      const files = (await readdir(this.directory)).map((name) => stat(`${this.directory}/${name}`));
      if ((await Promise.all(files)).some((file) => file.size >= size)) return;
      await sleep(5);
    }
  }

  /** Sends a request without the AWS client, on the one connection. */
  send(method: string, path: string, request?: PlainRequest): Promise<PlainAnswer> {
    return sendPlain(this.endpoint, method, path, { agent: this.#agent, ...request });
  }
}

/** Fails unless each call is rejected with the status and code. */
export async function expectRejections(outcome: string, ...calls: readonly Promise<unknown>[]) {
  const errors = await Promise.all(calls.map((call) => rejection(call)));
  const outcomes = errors.map(({ $metadata, name }) => `${$metadata.httpStatusCode} ${name}`);
  expect(outcomes).to.deep.equal(calls.map(() => outcome));
}

export function checksumOf(algorithm: Algorithm, ...pieces: readonly Uint8Array[]): Buffer {
  const digest = createDigest(algorithm);
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}
