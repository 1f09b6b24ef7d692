/** An S3 server that is called in process: it answers requests of an HTTP server and does not listen itself. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { S3Response } from "./request";
import { S3Request, parseAddress } from "./request";
import { S3Error } from "./errors";
import { Files } from "./files";
import { findOperation } from "./operations";
import { Store } from "./store";
import { writeXmlDocument } from "../../lib/xml";

export interface IncomingRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query string, without scheme and host. */
  readonly target: string;
  readonly requestId: string;
}

export class S3Server {
  readonly store: Store;
  /** Requests in progress, whose files must not be deleted. */
  readonly #serving = new Set<Promise<void>>();

  private constructor(
    readonly files: Files,
    reserved: string | undefined,
  ) {
    this.store = new Store(files, reserved);
  }

  /** `reserved` names a bucket that only the owner of the store can reach, and requests cannot. */
  static async open(reserved?: string): Promise<S3Server> {
    return new S3Server(await Files.open(), reserved);
  }

  handle(incoming: IncomingRequest): Promise<void> {
    const serving = this.#serve(incoming).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
    return serving;
  }

  /** Waits for requests in progress and deletes all files. Close their connections first. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#serving);
    await this.files.close();
  }

  async #serve(incoming: IncomingRequest): Promise<void> {
    const { request, response, requestId } = incoming;
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("server", "local-s3");
    try {
      await sendResponse(incoming, await this.#answer(incoming));
    } catch (error) {
      // The connection broke. A request that arrived completely is destroyed, too, but can still be answered.
      const broken = response.destroyed || (request.destroyed && !request.complete);
      if (broken || response.headersSent) return void response.destroy();
      await sendError(incoming, error).catch(() => response.destroy());
    }
    // Discards the unread rest of the body, so that the connection can be reused.
    request.resume();
  }

  async #answer({ request, target }: IncomingRequest): Promise<S3Response> {
    const { bucketName, key, query } = parseAddress(target, request.headers.host);
    const call = new S3Request(this.store, request, query, bucketName, key);
    return findOperation(call)(call);
  }
}

/** Answers with an error in S3's form. */
export const sendError = (incoming: IncomingRequest, error: unknown): Promise<void> =>
  sendResponse(incoming, errorResponse(error, incoming));

async function sendResponse({ request, response }: IncomingRequest, answer: S3Response): Promise<void> {
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

function errorResponse(error: unknown, { target, requestId }: IncomingRequest): S3Response {
  const s3Error =
    error instanceof S3Error
      ? error
      : new S3Error("InternalError", { Message: `The local S3 failed: ${String(error)}` });
  return {
    status: s3Error.status,
    headers: s3Error.headers,
    body: writeXmlDocument({
      Error: {
        Code: s3Error.code,
        Message: s3Error.message,
        ...s3Error.details,
        Resource: target.split("?")[0],
        RequestId: requestId,
      },
    }),
  };
}
