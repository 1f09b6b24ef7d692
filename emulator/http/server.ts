/** The one HTTP server: tells by path and signature whom a request is for. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { continueWhenRead } from "./continue";
import type { ControlPath } from "./admin-api";
import { controlPath } from "./admin-api";
import type { DataExchange } from "./data-exchange";
import type { Exchange } from "./http-context";
import { exchangeOf, sendJson } from "./http-context";
import { serviceOf } from "./authenticate";
import type { S3Requests } from "./s3-requests";
import { isLoopback, isOfProgram, namesPage } from "./reject-browsers";
import type { SignedBodies } from "./signed-url-bodies";
import type { Sts } from "./sts";

/** One line of the access log. It holds no query string: that of a signed URL is a credential. */
export interface AccessEntry {
  /** Name of the operation, or method and path of anything else. */
  readonly operation: string;
  /** Absent when the connection broke before an answer. */
  readonly status?: number;
  /** How long the answer took, in milliseconds. */
  readonly ms: number;
}

export interface ServerParts {
  readonly dataExchange: DataExchange;
  readonly signedBodies: SignedBodies;
  readonly s3: S3Requests;
  readonly sts: Sts;
  readonly control: ControlPath;
  readonly verifiesSignatures: boolean;
  readonly onRequest?: (entry: AccessEntry) => void;
}

export class LocalServer {
  readonly #server: Server;
  #onLoopback = true;

  constructor(private readonly parts: ServerParts) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on("checkContinue", (request, response) => {
      continueWhenRead(request, response);
      void this.#serve(request, response);
    });
    // Large bodies take their time, and clients keep connections for longer than node's five seconds.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 120_000;
    // A connection on which nothing moves for so long is nobody's.
    this.#server.setTimeout(300_000);
  }

  /** Resolves to the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, resolve);
    });
    const { address, port: served } = this.#server.address() as AddressInfo;
    this.#onLoopback = isLoopback(address);
    return served;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = performance.now();
    const exchange = exchangeOf(request, response, randomUUID());
    response.setHeader("x-amzn-requestid", exchange.requestId);
    response.once("close", () => {
      const status = response.writableFinished ? response.statusCode : undefined;
      this.parts.onRequest?.({
        operation: exchange.operation,
        status,
        ms: Math.round(performance.now() - from),
      });
    });
    try {
      await this.#dispatch(exchange);
    } catch {
      // The parts answer their own errors; what is left is a connection that broke.
      response.destroy();
    }
  }

  async #dispatch(exchange: Exchange): Promise<void> {
    const { dataExchange, signedBodies, s3, sts, control } = this.parts;
    if (exchange.path.startsWith(controlPath)) return control.serve(exchange);
    if (this.#mayBeOfPage(exchange)) {
      exchange.response.setHeader("x-amzn-errortype", "AccessDeniedException");
      return sendJson(exchange, 403, { Message: "The local service answers programs, and no web pages." });
    }
    if (signedBodies.concerns(exchange)) return signedBodies.serve(exchange);
    const service = serviceOf(exchange);
    if (service === "s3") return s3.serve(exchange);
    if (service === "sts") return sts.serve(exchange);
    return dataExchange.serve(exchange);
  }

  /** No page can sign; and who listens beyond the loopback may be found by any name. */
  #mayBeOfPage(exchange: Exchange): boolean {
    if (this.parts.verifiesSignatures) return false;
    return namesPage(exchange) || (this.#onLoopback && !isOfProgram(exchange));
  }
}
