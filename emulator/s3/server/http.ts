/** The HTTP server: hands requests to operations, and sends what they answer. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Answer } from "./call";
import { Call } from "./call";
import { S3Error } from "./errors";
import { Files } from "./files";
import { operationOf } from "./operations";
import { Store } from "./store";
import { targetOf } from "./target";
import { errorDocument, tag } from "./xml";

export class S3Server {
  readonly #server: Server;
  readonly #store: Store;
  /** Requests that are being served; their files must be theirs until they end. */
  readonly #serving = new Set<Promise<void>>();

  private constructor(
    private readonly files: Files,
    unlisted: string | undefined,
  ) {
    this.#store = new Store(files, unlisted);
    this.#server = createServer((request, response) => {
      const serving = this.#serve(request, response).finally(() => this.#serving.delete(serving));
      this.#serving.add(serving);
    });
    // Large bodies take their time, and clients keep connections for longer than node's five seconds.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 120_000;
  }

  /** `unlisted` is the name of a bucket that ListBuckets leaves out. */
  static async start(unlisted?: string): Promise<S3Server> {
    const files = await Files.open();
    const server = new S3Server(files, unlisted);
    try {
      await new Promise<void>((resolve, reject) => {
        server.#server.once("error", reject);
        server.#server.listen(0, "127.0.0.1", resolve);
      });
      return server;
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where the objects' files are. */
  get directory(): string {
    return this.files.directory;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    await Promise.allSettled(this.#serving);
    await this.files.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("server", "local-s3");
    try {
      await send(request, response, await this.#answer(request));
    } catch (error) {
      // The connection broke, on one side or the other: there is nobody left to tell. A request that came whole is
      // destroyed as well, by itself.
      const broken = response.destroyed || (request.destroyed && !request.complete);
      if (broken || response.headersSent) return void response.destroy();
      await send(request, response, refusal(error, request, requestId)).catch(() => response.destroy());
    }
    // What an answer did not wait for is thrown away, so that the connection can go on.
    request.resume();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { bucketName, key, query } = targetOf(request.url ?? "/", request.headers.host);
    const call = new Call(this.#store, request, query, bucketName, key);
    return operationOf(call)(call);
  }
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, body } = answer;
  try {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    if (typeof body === "string") {
      if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/xml");
      response.setHeader("content-length", Buffer.byteLength(body));
    } else if (body === undefined && status === 200 && !response.hasHeader("content-length")) {
      response.setHeader("content-length", 0);
    }
    response.writeHead(status);
    if (body === undefined || request.method === "HEAD") response.end();
    else if (typeof body === "string") response.end(body);
    else await pipeline(body, response);
  } finally {
    if (typeof body === "object") body.close();
  }
}

function refusal(error: unknown, { url }: IncomingMessage, requestId: string): Answer {
  const told =
    error instanceof S3Error ? error : new S3Error("InternalError", `The local S3 failed: ${String(error)}`);
  return {
    status: told.status,
    headers: told.headers,
    body: errorDocument(
      tag("Code", told.code),
      tag("Message", told.message),
      ...Object.entries(told.details).map(([name, value]) => tag(name, value)),
      tag("Resource", url?.split("?")[0]),
      tag("RequestId", requestId),
    ),
  };
}
