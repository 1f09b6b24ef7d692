/** One HTTP request with its response, for all APIs of the server. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface HttpContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Path and query string as in the request line. */
  readonly target: string;
  /** As in the request line, percent-encoded and without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly requestId: string;
  /** The server's origin as the caller addresses it, for URLs in responses. Absent if the Host header is malformed. */
  readonly origin?: string;
  /** Name in the access log. Each API sets it as soon as the operation is known. */
  operation: string;
}

export function createHttpContext(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): HttpContext {
  const target = originForm(request.url ?? "/");
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1));
  const method = request.method ?? "GET";
  const origin = originOf(request.headers.host);
  return {
    request,
    response,
    method,
    target,
    origin,
    path,
    query,
    requestId,
    operation: `${method} ${path}`,
  };
}

/** Removes scheme and host, which clients of a proxy send. */
const originForm = (target: string): string =>
  target.replace(/^https?:\/\/[^/?]*/i, "").replace(/^(?!\/)/, "/");

/** Clients call APIs at this server's host with the prefix `api-fulfill.`, which is removed here. */
function originOf(host = ""): string | undefined {
  const [, own] = /^(?:api-fulfill\.)?((?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?)$/.exec(host) ?? [];
  return own && `http://${own}`;
}

export function sendJson({ response }: HttpContext, status: number, value: unknown): void {
  const body = value === undefined ? undefined : JSON.stringify(value);
  if (body !== undefined) {
    response.setHeader("content-type", "application/json");
    response.setHeader("content-length", Buffer.byteLength(body));
  }
  response.writeHead(status).end(body);
}

/** S3 uses another header for the request id. */
export function useS3RequestId({ response, requestId }: HttpContext): void {
  response.removeHeader("x-amzn-requestid");
  response.setHeader("x-amz-request-id", requestId);
}

/** Resets the connection, as a crashed peer does. */
export const resetConnection = ({ request }: HttpContext): void => void request.socket.resetAndDestroy();

/**
 * Whether a request is from a program and not from a web page, which could make a browser on this machine call this
 * server. A page's request has an Origin header, or, after DNS rebinding, the page's host name.
 */
export const isFromProgram = (context: HttpContext): boolean =>
  !hasOriginHeader(context) && localOrAwsHost.test(context.request.headers.host ?? "");

/** Browsers send Origin with every scripted request that can change something. */
export const hasOriginHeader = ({ request: { headers } }: HttpContext): boolean =>
  headers.origin !== undefined;

/** Hosts that DNS rebinding cannot use: IP addresses, `localhost`, AWS's hosts, and their subdomains. */
const localOrAwsHost = /(^|\.)(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]|amazonaws\.com)(:\d+)?$/i;

export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
