/** Passes requests that were signed for S3 on to the S3 server, bodies as streams. */
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { readCaller } from "../protocol/caller";
import { ServiceError } from "../protocol/service-error";
import { presignedHash } from "../protocol/signature";
import { serviceBucket } from "../s3/objects";
import type { Exchange } from "./exchange";
import { sendXmlError } from "./exchange";
import type { Gate } from "./gate";

/** Headers that are between two hops; `expect` was answered by this server. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "expect",
]);

/** What S3 calls the refusals that other services share, and its status where that is another. */
const codes: Readonly<Record<string, readonly [code: string, status?: number]>> = {
  MissingAuthenticationTokenException: ["AccessDenied"],
  IncompleteSignatureException: ["AuthorizationHeaderMalformed", 400],
  UnrecognizedClientException: ["InvalidAccessKeyId"],
  InvalidSignatureException: ["SignatureDoesNotMatch"],
};

export class S3Proxy {
  readonly #target: URL;
  readonly #agent: Agent | TlsAgent;

  constructor(
    endpoint: string,
    private readonly gate: Gate,
  ) {
    this.#target = new URL(endpoint);
    this.#agent = new (this.#target.protocol === "https:" ? TlsAgent : Agent)({ keepAlive: true });
  }

  async serve(exchange: Exchange): Promise<void> {
    const { request, response, query } = exchange;
    if (namesServiceBucket(exchange)) return sendXmlError(exchange, 403, "AccessDenied", "Access Denied");
    try {
      await this.gate.admit(exchange, readCaller(request.headers, query));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const [code, status = error.status] = codes[error.code] ?? [error.code];
      return sendXmlError(exchange, status, code, error.message);
    }
    const upstream = this.#open(exchange);
    response.once("close", () => void (response.writableFinished || upstream.destroy()));
    request.pipe(upstream);
    // Many clients look at the answer only once they have sent everything, so what still comes is read all the same.
    const discardRest = (): void => void request.unpipe(upstream).resume();
    upstream.once("close", discardRest);
    const answered = new Promise<void>((resolve, reject) => {
      upstream.once("error", reject);
      upstream.once("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        // A server that answers before it has read all wants no more.
        if (!upstream.writableFinished) discardRest();
        pipeline(answer, response).then(resolve, reject);
      });
    });
    try {
      await answered;
      if (!upstream.writableFinished) upstream.destroy();
    } catch (error) {
      if (response.destroyed) return;
      if (response.headersSent) response.destroy();
      else
        sendXmlError(exchange, 503, "ServiceUnavailable", `The S3 server did not answer: ${String(error)}`);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #open({ request, target, query }: Exchange): ClientRequest {
    const { protocol, hostname, port } = this.#target;
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    const headers = endToEnd(request.headers);
    // Without a length the body's framing has to be named again, since it was taken off.
    if (request.headers["transfer-encoding"]) headers["transfer-encoding"] = "chunked";
    // What a presigned URL says of its body, the S3 server reads in the header alone.
    const hash = presignedHash(query);
    if (hash !== undefined) headers["x-amz-content-sha256"] = hash;
    // The Host header is part of what was signed, so it goes on as it came.
    return send({ hostname, port, agent: this.#agent, method: request.method, path: target, headers });
  }
}

/** Whether a request names the service's own bucket, in any of the ways in which S3 lets a bucket be named. */
function namesServiceBucket({ path, request: { headers } }: Exchange): boolean {
  const firstOf = (text: string): string => decoded(text).replace(/^\/+/, "").split("/")[0] ?? "";
  const source = headers["x-amz-copy-source"];
  const names = [
    firstOf(path),
    firstOf(typeof source === "string" ? source : ""),
    headers.host?.toLowerCase().split(".")[0],
  ];
  return names.includes(serviceBucket);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The S3 server refuses what cannot be read.
    return text;
  }
}

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
