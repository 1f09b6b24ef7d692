/** Servers and proxies on this machine for tests. */
import type {
  Agent,
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  RequestListener,
} from "node:http";
import { createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";

import { operations } from "../../service-model/operations";

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function startServer(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, close, [Symbol.asyncDispose]: close };
}

/** Hooks that close a suite's servers after each test. */
export function useServers(): (listener: RequestListener) => Promise<TestServer> {
  const open: TestServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  return async (listener) => {
    const server = await startServer(listener);
    open.push(server);
    return server;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Responds with the result of `handle`, which can call `forwardRequest`. Undefined or a rejection breaks the connection. */
export function startProxy(
  handle: (request: IncomingMessage, body: Buffer) => Promise<Answer | undefined>,
): Promise<TestServer> {
  return startServer((request, response) => {
    const respond = async (): Promise<void> => {
      // Reads the whole body first, because the caller may be killed before the request is forwarded.
      const answer = await handle(request, await buffer(request));
      if (!answer) return void response.destroy();
      const headers = { ...answer.headers };
      delete headers["transfer-encoding"];
      if (request.method !== "HEAD") headers["content-length"] = String(Buffer.byteLength(answer.body));
      response.writeHead(answer.status, headers).end(answer.body);
    };
    respond().catch(() => response.destroy());
  });
}

export async function forwardRequest(
  to: string,
  { method, headers, url }: Pick<IncomingMessage, "method" | "headers" | "url">,
  body?: Buffer,
): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest(new URL(url!, to), { method, headers }, resolve).on("error", reject).end(body);
  });
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}

const routes = Object.entries(operations).map(([name, { method, path }]) => {
  return { name, method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`) };
});

/** The operation of a request, `UploadBody`, or its method and path. */
export function callName({ method, url }: Pick<IncomingMessage, "method" | "url">): string {
  const path = url!.split("?")[0]!;
  if (method === "PUT") return "UploadBody";
  const route = routes.find((each) => each.method === method && each.pattern.test(path));
  return route?.name ?? `${method} ${path}`;
}

export interface PlainRequest {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export interface PlainAnswer extends Answer {
  /** The status, and the code of an error, such as `403 AccessDenied`. */
  readonly outcome: string;
}

/** Sends a request unchanged, because a client would add headers and check values. */
export async function sendPlain(
  endpoint: string,
  method: string,
  path: string,
  { headers, body = "", agent }: PlainRequest = {},
): Promise<PlainAnswer> {
  const { hostname, port } = new URL(endpoint);
  const length = headers?.["transfer-encoding"] ? {} : { "content-length": Buffer.byteLength(body) };
  const options = { agent, hostname, port, method, path, headers: { ...length, ...headers } };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    // A text body would make Node encode the headers as UTF-8, too.
    sendRequest(options, resolve).once("error", reject).end(Buffer.from(body));
  });
  const [status, answered] = [response.statusCode!, await text(response)];
  const code = response.headers["x-amzn-errortype"] ?? /<Code>(\w+)/.exec(answered)?.[1];
  const outcome = [status, code].filter(Boolean).join(" ");
  return { status, headers: response.headers, body: answered, outcome };
}

/** Headers with an invalid signature for a service. The local service accepts it unless it verifies signatures. */
export const signedFor = (service: string, accessKeyId = "AKIDANY") => ({
  authorization:
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, ` +
    "SignedHeaders=host, Signature=00",
});

/** The credentials and the region in the signature of a request. */
export interface Signer {
  accessKeyId?: string;
  region?: string;
  token?: string;
}

export function signerOf({ headers }: IncomingMessage): Signer {
  const [, accessKeyId, region] =
    /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const token = headers["x-amz-security-token"] as string | undefined;
  return { accessKeyId, region, ...(token !== undefined && { token }) };
}

/** A proxy to a local service that records the signers of requests. */
export interface RecordingProxy extends TestServer {
  /** Each signer once, in the order of their first requests. */
  signers(): Signer[];
  clear(): void;
}

export async function openRecordingProxy(to: string): Promise<RecordingProxy> {
  const seen = new Map<string, Signer>();
  const server = await startProxy((request, body) => {
    const signer = signerOf(request);
    seen.set(JSON.stringify(signer), signer);
    return forwardRequest(to, request, body);
  });
  return { ...server, signers: () => [...seen.values()], clear: () => seen.clear() };
}
