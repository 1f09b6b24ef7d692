/** One request to S3, and what it is answered with. */
import type { IncomingMessage } from "node:http";
import type { Reading } from "./object-content";
import type { Bucket, Store } from "./store";

export interface Answer {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** XML, unless the headers name another content type; or an object's bytes. */
  readonly body?: string | Reading;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export class Call {
  constructor(
    readonly store: Store,
    readonly request: IncomingMessage,
    readonly query: URLSearchParams,
    /** Empty when the request is for no bucket. */
    readonly bucketName: string,
    /** Empty when the request is for no object. */
    readonly key: string,
  ) {}

  /** Looked up each time: a bucket may be gone once a long body has come. */
  get bucket(): Bucket {
    return this.store.bucket(this.bucketName);
  }

  /** The hash of the body as the request says it; a URL that was presigned with one takes no other. */
  get bodyHash(): string {
    return bodyHashIn(this.query) ?? this.header(bodyHash) ?? "";
  }

  /** A header; presigned URLs carry S3's own headers in their queries. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    if (value !== undefined) return String(value);
    if (!name.startsWith("x-amz-")) return undefined;
    for (const [key, text] of this.query) if (key.toLowerCase() === name) return text;
    return undefined;
  }
}

const bodyHash = "x-amz-content-sha256";

/** The hash of the body, where a presigned URL says it. */
export const bodyHashIn = (query: URLSearchParams): string | undefined =>
  [...query].find(([name]) => name.toLowerCase() === bodyHash)?.[1];
