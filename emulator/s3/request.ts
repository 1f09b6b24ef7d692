import type { IncomingMessage } from "node:http";
import type { ContentStream } from "./files";
import type { Bucket, Store } from "./store";
import { S3Error } from "./errors";

/** One request to S3, and what it is answered with. */

export interface S3Response {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** XML, unless the headers name another content type; or an object's bytes. */
  readonly body?: string | ContentStream;
}

export type Operation = (request: S3Request) => S3Response | Promise<S3Response>;

export class S3Request {
  constructor(
    readonly store: Store,
    readonly message: IncomingMessage,
    readonly query: URLSearchParams,
    /** Empty when the request is for no bucket. */
    readonly bucketName: string,
    /** Empty when the request is for no object. */
    readonly key: string,
  ) {}

  /** Looked up each time: a bucket may be gone once a long body has come. */
  get bucket(): Bucket {
    return this.store.getBucket(this.bucketName);
  }

  /** The hash of the body as the request says it; a URL that was presigned with one takes no other. */
  get bodyHash(): string {
    return presignedBodyHash(this.query) ?? this.header(bodyHash) ?? "";
  }

  /** A header; presigned URLs carry S3's own headers in their queries. */
  header(name: string): string | undefined {
    const value = this.message.headers[name];
    if (value !== undefined) return String(value);
    if (!name.startsWith("x-amz-")) return undefined;
    for (const [key, text] of this.query) if (key.toLowerCase() === name) return text;
    return undefined;
  }
}

const bodyHash = "x-amz-content-sha256";

/** The hash of the body, where a presigned URL says it. */
export const presignedBodyHash = (query: URLSearchParams): string | undefined =>
  [...query].find(([name]) => name.toLowerCase() === bodyHash)?.[1];

/** The bucket and the key that a request's address names. */

export interface Address {
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Hosts below which a bucket's name may stand, as clients write it that are not told to put it into the path. */
const localHosts = ["s3.localhost", "localhost"];

export function parseAddress(url: string, host: string | undefined): Address {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
  const virtual = bucketInHost(host);
  if (virtual !== undefined) return { bucketName: virtual, key: decodeUri(path.replace(/^\//, "")), query };
  // No bucket's name is empty. Behind it only the first slash separates: a key may begin with one, and hold any number.
  const rest = path.replace(/^\/+/, "");
  const slash = rest.indexOf("/");
  const bucketName = decodeUri(slash === -1 ? rest : rest.slice(0, slash));
  return { bucketName, key: slash === -1 ? "" : decodeUri(rest.slice(slash + 1)), query };
}

function bucketInHost(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, "").toLowerCase() ?? "";
  const base = localHosts.find((one) => name === one || name.endsWith(`.${one}`));
  return base === undefined || name === base ? undefined : name.slice(0, -base.length - 1);
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", { URI: text });
  }
}
