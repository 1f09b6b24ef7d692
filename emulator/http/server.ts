/** The one HTTP server: dispatches requests to the APIs by path and signature. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { OptionError } from "../control/option-values";
import type { AdminApi } from "./admin-api";
import { adminPath } from "./admin-api";
import type { DataExchangeApi } from "./data-exchange-api";
import type { HttpContext } from "./http-context";
import { createHttpContext, isLoopback, isFromProgram, hasOriginHeader, sendJson } from "./http-context";
import { serviceOf } from "./authenticate";
import type { S3Requests } from "./s3-requests";
import type { SignedUrlBodies } from "./signed-url-bodies";
import type { StsApi } from "./sts";

/** One line of the access log. It omits the query string, because the query string of a signed URL is a credential. */
export interface AccessEntry {
  /** Name of the operation, or method and path if there is none. */
  readonly operation: string;
  /** Absent if the connection broke before the response ended. */
  readonly status?: number;
  /** Milliseconds until the response ended or the connection closed. */
  readonly ms: number;
}

export interface LocalServerDependencies {
  readonly dataExchange: DataExchangeApi;
  readonly signedUrlBodies: SignedUrlBodies;
  readonly s3: S3Requests;
  readonly sts: StsApi;
  readonly admin: AdminApi;
  readonly verifiesSignatures: boolean;
  readonly onRequest?: (entry: AccessEntry) => void;
}

export class LocalServer {
  readonly #server: Server;
  #onLoopback = true;

  constructor(private readonly dependencies: LocalServerDependencies) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on("checkContinue", (request, response) => {
      continueWhenRead(request, response);
      void this.#serve(request, response);
    });
    // Large bodies take longer than Node's defaults, and clients keep idle connections longer.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 120_000;
    // Closes abandoned connections.
    this.#server.setTimeout(300_000);
  }

  /** Resolves to the port. @throws OptionError if the port or the address cannot be used. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(toListenError(error, port, host)));
      this.#server.listen(port, host, resolve);
    });
    const { address, port: assignedPort } = this.#server.address() as AddressInfo;
    this.#onLoopback = isLoopback(address);
    return assignedPort;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const context = createHttpContext(request, response, randomUUID());
    response.setHeader("x-amzn-requestid", context.requestId);
    response.once("close", () => {
      const status = response.writableFinished ? response.statusCode : undefined;
      this.dependencies.onRequest?.({
        operation: context.operation,
        status,
        ms: Math.round(performance.now() - start),
      });
    });
    try {
      await this.#dispatch(context);
    } catch {
      // Each API sends its errors itself, so only a broken connection causes an error here.
      response.destroy();
    }
  }

  async #dispatch(context: HttpContext): Promise<void> {
    const { dataExchange, signedUrlBodies, s3, sts, admin } = this.dependencies;
    if (context.path.startsWith(adminPath)) return admin.serve(context);
    if (this.#mayBeFromPage(context)) {
      context.response.setHeader("x-amzn-errortype", "AccessDeniedException");
      return sendJson(context, 403, { Message: "The local service rejects requests from web pages." });
    }
    if (signedUrlBodies.matches(context)) return signedUrlBodies.serve(context);
    const service = serviceOf(context);
    if (service === "s3") return s3.serve(context);
    if (service === "sts") return sts.serve(context);
    return dataExchange.serve(context);
  }

  /** A page cannot sign requests. A server that listens on an address beyond loopback can have any host name. */
  #mayBeFromPage(context: HttpContext): boolean {
    if (this.dependencies.verifiesSignatures) return false;
    return hasOriginHeader(context) || (this.#onLoopback && !isFromProgram(context));
  }
}

/**
 * Sends `100 Continue` at the first read of the body. Clients that send `Expect: 100-continue` wait for it, and send no
 * body if the request is rejected.
 */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  // A rejected client may still send its body, so the connection cannot be reused.
  response.shouldKeepAlive = false;
  const read = request._read.bind(request);
  request._read = (size) => {
    request._read = read;
    if (!response.headersSent) {
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    }
    read(size);
  };
}

/** The error of `listen` as that of an option. */
function toListenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const isInUse = error.code === "EADDRINUSE";
  if (isInUse || error.code === "EACCES") {
    const [code, reason] = isInUse ? ["port-in-use", "is in use"] : ["port-denied", "needs more privileges"];
    const text = `port ${port} of ${host} ${reason}: choose another one, or 0 for a free one.`;
    return new OptionError({ code, text }, { cause: error });
  }
  if (!/^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/.test(error.code ?? "")) return error;
  const text = `host ${host} is not an address of this machine: choose one, such as 127.0.0.1.`;
  return new OptionError({ code: "address-not-available", text }, { cause: error });
}
