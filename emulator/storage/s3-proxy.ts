/** Forwards requests to an external S3 server and streams their bodies. */
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { sendS3Error } from "../s3/s3-server";
import type { IncomingRequest } from "../s3/s3-server";
import { presignedBodyHash } from "../s3/request";
import { S3Error } from "../s3/errors";

/** Headers of a single connection, which a proxy does not forward. */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
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

  constructor(
    endpoint: string,
    private readonly reserved: string,
  ) {
    this.#target = new URL(endpoint);
    this.#agent = new (this.#target.protocol === "https:" ? TlsAgent : Agent)({ keepAlive: true });
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const { request, response } = incoming;
    if (mayNameBucket(this.reserved, incoming)) {
      return sendS3Error(incoming, new S3Error("AccessDenied"));
    }
    const upstream = this.#open(incoming);
    response.once("close", () => void (response.writableFinished || upstream.destroy()));
    request.pipe(upstream);
    // Reads the rest of the body, because many clients read the response only after they have sent everything.
    const discardRest = (): void => void request.unpipe(upstream).resume();
    upstream.once("close", discardRest);
    const forwarded = new Promise<void>((resolve, reject) => {
      upstream.once("error", reject);
      upstream.once("response", (upstreamResponse) => {
        response.writeHead(upstreamResponse.statusCode ?? 502, endToEndHeaders(upstreamResponse.headers));
        // A server that responds early needs no more of the body.
        if (!upstream.writableFinished) discardRest();
        pipeline(upstreamResponse, response).then(resolve, reject);
      });
    });
    try {
      await forwarded;
      if (!upstream.writableFinished) upstream.destroy();
    } catch (error) {
      if (response.destroyed) return;
      if (response.headersSent) response.destroy();
      else {
        const message = `The S3 server did not respond: ${String(error)}`;
        await sendS3Error(incoming, new S3Error("ServiceUnavailable", { Message: message }));
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #open({ request, target }: IncomingRequest): ClientRequest {
    const { protocol, hostname, port } = this.#target;
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    const headers = endToEndHeaders(request.headers);
    // Node has decoded a chunked body, so that it must be chunked again.
    if (request.headers["transfer-encoding"]) headers["transfer-encoding"] = "chunked";
    // The external server reads the hash of the body only from the header, not from a presigned URL.
    const hash = presignedBodyHash(new URLSearchParams(target.split("?")[1]));
    if (hash !== undefined) headers["x-amz-content-sha256"] = hash;
    // The Host header stays, because it is signed.
    return send({ hostname, port, agent: this.#agent, method: request.method, path: target, headers });
  }
}

/**
 * Whether a request could name the bucket in its host, path or copy source, decoded any number of times. Every possible
 * reading is rejected, because it is not known how the external server parses addresses.
 */
function mayNameBucket(bucket: string, { request: { headers }, target }: IncomingRequest): boolean {
  const [path = "", ...query] = target.split("?");
  const copied = [...new URLSearchParams(query.join("?"))].flatMap(([name, value]) =>
    name.toLowerCase() === copySource ? [value] : [],
  );
  const named = [path, String(headers[copySource] ?? ""), ...copied].flatMap((text) =>
    fullyDecoded(text).split(/[/\\:?]/),
  );
  return named.includes(bucket) || (headers.host ?? "").toLowerCase().includes(bucket);
}

const copySource = "x-amz-copy-source";

/** Decodes until nothing changes. */
function fullyDecoded(text: string): string {
  const once = text.replace(/(%[0-9a-f]{2})+/gi, (found) =>
    Buffer.from(found.replaceAll("%", ""), "hex").toString("latin1"),
  );
  return once === text ? text : fullyDecoded(once);
}

const endToEndHeaders = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHopHeaders.has(name)));
