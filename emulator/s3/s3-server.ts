/** An S3 server without a port: it handles requests that an HTTP server passes to it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { S3Response } from "./request";
import { S3Request, parseAddress } from "./request";
import { S3Error } from "./errors";
import { Files } from "./files";
import { findOperation } from "./operations";
import { Store } from "./store";
import { writeXmlDocument } from "./xml";

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

  /** `reserved` names a bucket that requests cannot reach, and that only the program itself uses. */
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
      await sendResponse(incoming, await this.#perform(incoming));
    } catch (error) {
      // Node also destroys a request after it arrived completely. Such a request still gets a response.
      const broken = response.destroyed || (request.destroyed && !request.complete);
      if (broken || response.headersSent) return void response.destroy();
      await sendS3Error(incoming, toS3Error(error)).catch(() => response.destroy());
    }
    // Discards the unread rest of the body, so that the connection can be reused.
    request.resume();
  }

  async #perform({ request, target }: IncomingRequest): Promise<S3Response> {
    const { bucketName, key, query } = parseAddress(target, request.headers.host);
    const s3Request = new S3Request(this.store, request, query, bucketName, key);
    return findOperation(s3Request)(s3Request);
  }
}

const toS3Error = (error: unknown): S3Error =>
  error instanceof S3Error
    ? error
    : new S3Error("InternalError", { Message: `The local S3 failed: ${String(error)}` });

/** An `S3Error`, or an error of the HTTP server with a code of S3. */
type SentError = Pick<S3Error, "status" | "message"> &
  Partial<Pick<S3Error, "details" | "headers">> & { readonly code: string };

/** Sends an error as S3's XML. */
export function sendS3Error(incoming: IncomingRequest, error: SentError): Promise<void> {
  const { status, code, message, details, headers } = error;
  const { target, requestId } = incoming;
  const request = { Resource: target.split("?")[0], RequestId: requestId };
  const body = writeXmlDocument({ Error: { Code: code, Message: message, ...details, ...request } });
  return sendResponse(incoming, { status, headers, body });
}

async function sendResponse({ request, response }: IncomingRequest, sent: S3Response): Promise<void> {
  const { status = 200, headers = {}, body } = sent;
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
