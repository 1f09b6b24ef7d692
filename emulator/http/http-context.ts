/** One HTTP request with its response, as all APIs of the server use them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { writeXmlDocument } from "../../lib/xml";

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
  /** Where the caller found this server, for the URLs that it is to call; nothing where that cannot be read. */
  readonly origin?: string;
  /** What the access log calls the request; each part of the server says it as soon as it knows. */
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

/** A client that speaks through a proxy names the whole URL; this server is whom it means, whatever the host. */
const originForm = (target: string): string =>
  target.replace(/^https?:\/\/[^/?]*/i, "").replace(/^(?!\/)/, "/");

/** Clients call APIs at the host with the prefix `api-fulfill.`, which is this server, too. */
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

/** S3 returns the id of a request in another header, and in the XML of its errors. */
export function useS3RequestId({ response, requestId }: HttpContext): void {
  response.removeHeader("x-amzn-requestid");
  response.setHeader("x-amz-request-id", requestId);
}

/** An error in S3's form. */
export function sendS3Error(
  { response, path, requestId }: HttpContext,
  status: number,
  code: string,
  message: string,
): void {
  const body = writeXmlDocument({
    Error: { Code: code, Message: message, Resource: path, RequestId: requestId },
  });
  response.setHeader("content-type", "application/xml");
  response.setHeader("content-length", Buffer.byteLength(body));
  response.writeHead(status).end(body);
}

/** Breaks the connection in the way that a crashed peer does. */
export const resetConnection = ({ request }: HttpContext): void => void request.socket.resetAndDestroy();

/**
 * Keeps web pages out. A page that somebody on this machine looks at can make a browser call a server here: it names
 * the page's origin then, or is for a host by whose name the page came, and which now means this machine.
 */

export const isFromProgram = (exchange: HttpContext): boolean =>
  !hasOriginHeader(exchange) && isLocalOrAwsHost(exchange.request.headers.host ?? "");

/** Browsers name the page with every request that it makes by itself and that does anything. */
export const hasOriginHeader = ({ request: { headers } }: HttpContext): boolean =>
  headers.origin !== undefined;

/** Names that no page comes by: addresses, `localhost` and AWS's own, and what clients put before them. */
const localOrAwsHost = /(^|\.)(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]|amazonaws\.com)(:\d+)?$/i;

const isLocalOrAwsHost = (host: string): boolean => localOrAwsHost.test(host);

export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
