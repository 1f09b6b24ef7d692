import type { IncomingHttpHeaders } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { rejection } from "../support";
import { randomUUID } from "node:crypto";
import type { TestServer } from "../../harness/http";
import { startServer } from "../../harness/http";
import { S3Server } from "../../../emulator/s3/s3-server";

/** The S3 server by itself, with the official client and with plain HTTP. */

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of an error. */
  readonly code?: string;
}

export class S3Rig {
  readonly client: S3;
  /** One connection, so that each answer shows that the one before left it usable. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(readonly server: ServedS3) {
    this.client = new S3({
      endpoint: server.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "TEST", secretAccessKey: "test" },
      forcePathStyle: true,
      maxAttempts: 1,
    });
  }

  static async start(...buckets: readonly string[]): Promise<S3Rig> {
    const rig = new S3Rig(await ServedS3.start());
    for (const Bucket of buckets) await rig.client.createBucket({ Bucket });
    return rig;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.#agent.destroy();
    await this.server.stop();
  }

  put(Bucket: string, Key: string, Body: string | Buffer = Key) {
    return this.client.putObject({ Bucket, Key, Body: typeof Body === "string" ? Buffer.from(Body) : Body });
  }

  async textOf(Bucket: string, Key: string): Promise<string> {
    return (await this.client.getObject({ Bucket, Key })).Body!.transformToString();
  }

  /** How many files there are once there are so many; they go a moment after the answer. */
  async filesBecome(count: number): Promise<void> {
    while ((await readdir(this.server.directory)).length !== count) await sleep(5);
  }

  /** Waits until some file has so many bytes. */
  async written(size: number): Promise<void> {
    const { directory } = this.server;
    for (;;) {
      const files = await Promise.all((await readdir(directory)).map((name) => stat(join(directory, name))));
      if (files.some((file) => file.size >= size)) return;
      await sleep(5);
    }
  }

  /** Sends exactly this, with no client's opinion on it. */
  send(
    method: string,
    path: string,
    { headers = {}, body = "" }: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ): Promise<PlainAnswer> {
    const length = headers["transfer-encoding"] ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const { hostname, port } = new URL(this.server.endpoint);
    return new Promise((resolve, reject) => {
      const options = {
        agent: this.#agent,
        hostname,
        port,
        method,
        path,
        headers: { ...length, ...headers },
      };
      const request = httpRequest(options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        answer.once("error", reject).once("end", () =>
          resolve({
            status: answer.statusCode!,
            headers: answer.headers,
            text,
            code: /<Code>(\w+)<\/Code>/.exec(text)?.[1],
          }),
        );
      });
      request.once("error", reject).end(body);
    });
  }
}

/** Status and code of what S3 refuses. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await rejection(promise);
  return `${error.$metadata.httpStatusCode} ${error.name}`;
}

/** S3 by itself on a port of its own, for tests that ask nothing of the service around it. */

export class ServedS3 {
  private constructor(
    private readonly s3: S3Server,
    private readonly server: TestServer,
  ) {}

  static async start(): Promise<ServedS3> {
    const s3 = await S3Server.open();
    const server = await startServer((request, response) => {
      void s3.handle({ request, response, target: request.url!, requestId: randomUUID() });
    });
    return new ServedS3(s3, server);
  }

  get endpoint(): string {
    return this.server.url;
  }

  /** Where the objects' files are. */
  get directory(): string {
    return this.s3.files.directory;
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.s3.close();
  }
}
