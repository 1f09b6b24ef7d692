/** Passes requests that were signed for S3 on to the S3 server, bodies as streams. */
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Exchange } from "./exchange";
import { sendXmlError } from "./exchange";

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

export class S3Proxy {
  readonly #target: URL;
  readonly #agent: Agent | TlsAgent;

  constructor(endpoint: string) {
    this.#target = new URL(endpoint);
    this.#agent = new (this.#target.protocol === "https:" ? TlsAgent : Agent)({ keepAlive: true });
  }

  async serve(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const upstream = this.#open(exchange);
    response.once("close", () => upstream.destroy());
    const answered = new Promise<void>((resolve, reject) => {
      upstream.once("error", reject);
      upstream.once("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        pipeline(answer, response).then(resolve, reject);
      });
    });
    try {
      // The S3 server may answer before it has read all, so both directions run side by side.
      await Promise.all([answered, pipeline(request, upstream).catch(() => undefined)]);
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

  #open({ request }: Exchange): ClientRequest {
    const { protocol, hostname, port } = this.#target;
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    const headers = endToEnd(request.headers);
    // Without a length the body's framing has to be named again, since it was taken off.
    if (request.headers["transfer-encoding"]) headers["transfer-encoding"] = "chunked";
    // The Host header is part of what was signed, so it goes on as it came.
    return send({ hostname, port, agent: this.#agent, method: request.method, path: request.url, headers });
  }
}

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
