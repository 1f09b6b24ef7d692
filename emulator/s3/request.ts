/** A request to S3 with its bucket and key, and its response. */
import type { IncomingMessage } from "node:http";
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { ContentStream } from "./files";
import type { Bucket, Store } from "./store";
import { invalidArgument, S3Error } from "./errors";

export interface S3Response {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** XML unless the headers set another content type, or an object's bytes. */
  readonly body?: string | ContentStream;
}

export type Operation = (request: S3Request) => S3Response | Promise<S3Response>;

export class S3Request {
  constructor(
    readonly store: Store,
    readonly message: IncomingMessage,
    readonly query: URLSearchParams,
    /** Empty if the path names no bucket. */
    readonly bucketName: string,
    /** Empty if the path names no object. */
    readonly key: string,
  ) {}

  /** Looked up each time, because the bucket may be deleted while a long body arrives. */
  get bucket(): Bucket {
    return this.store.getBucket(this.bucketName);
  }

  /** The declared SHA-256 of the body; that of a presigned URL takes precedence. */
  get bodyHash(): string {
    return presignedBodyHash(this.query) ?? this.header(bodyHashHeader) ?? "";
  }

  /** Returns a header. Presigned URLs have their `x-amz-*` headers in the query. */
  header(name: string): string | undefined {
    const value = this.message.headers[name];
    if (value !== undefined) return String(value);
    if (!name.startsWith("x-amz-")) return undefined;
    for (const [key, text] of this.query) if (key.toLowerCase() === name) return text;
    return undefined;
  }
}

/** Throws if a response cannot send the header. A presigned URL or a document can contain such a header. */
export function assertHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalidArgument("The name or value cannot be sent as a header.", name, value);
  }
}

const bodyHashHeader = "x-amz-content-sha256";

/** The SHA-256 of the body in a presigned URL. */
export const presignedBodyHash = (query: URLSearchParams): string | undefined =>
  [...query].find(([name]) => name.toLowerCase() === bodyHashHeader)?.[1];

export interface Address {
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Domains of virtual-hosted addresses, such as `bucket.s3.localhost`. */
const localHosts = ["s3.localhost", "localhost"];

export function parseAddress(url: string, host: string | undefined): Address {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
  const virtual = bucketInHost(host);
  if (virtual !== undefined) return { bucketName: virtual, key: decodeUri(path.replace(/^\//, "")), query };
  // Only the first slash after the bucket is a separator, because keys can contain slashes, even at the start.
  const rest = path.replace(/^\/+/, "");
  const slash = rest.indexOf("/");
  const bucketName = decodeUri(slash === -1 ? rest : rest.slice(0, slash));
  return { bucketName, key: slash === -1 ? "" : decodeUri(rest.slice(slash + 1)), query };
}

function bucketInHost(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, "").toLowerCase() ?? "";
  const base = localHosts.find((domain) => name === domain || name.endsWith(`.${domain}`));
  return base === undefined || name === base ? undefined : name.slice(0, -base.length - 1);
}

function decodeUri(text: string): string {
  const decoded = tryDecodeUri(text);
  if (decoded === undefined) throw new S3Error("InvalidURI", { URI: text });
  return decoded;
}

export function tryDecodeUri(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
