/** What the local service needs of an S3, wherever that is. */
import type { Incoming } from "../s3/s3";

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

/** As an export job's details give it. */
export interface Encryption {
  readonly type: "AES256" | "aws:kms";
  readonly kmsKeyArn?: string;
}

export interface OpenObject {
  readonly body: AsyncIterable<Uint8Array>;
  readonly size: number;
  readonly contentType?: string;
  readonly etag?: string;
  readonly lastModified?: Date;
  /** Present when a range was asked for and given. */
  readonly contentRange?: string;
  /** Lets go of a body that is not read to its end. */
  close(): void;
}

/** What S3 refused, in as many words as a job's error needs. */
export class ObjectError extends Error {
  constructor(
    readonly reason: "missing" | "denied" | "invalid" | "failed",
    message: string,
    /** S3's own name of the error. */
    readonly code: string,
  ) {
    super(message);
    this.name = "ObjectError";
  }

  /** From the status and the code of S3's answer. */
  static of(status: number | undefined, code: string, message: string): ObjectError {
    return new ObjectError(reasons[status ?? 500] ?? "failed", message, code);
  }
}

const reasons: Readonly<Record<number, ObjectError["reason"]>> = {
  400: "invalid",
  403: "denied",
  404: "missing",
};

/** Every operation throws an `ObjectError` when S3 refuses it. */
export interface Storage {
  bucketExists(bucket: string): Promise<boolean>;
  /** Makes the service's own bucket, unless it is there. */
  ensureBucket(bucket: string): Promise<void>;
  /** The bucket's policy, if it has one. */
  policyOf(bucket: string): Promise<string | undefined>;
  copy(from: ObjectRef, to: ObjectRef, encryption?: Encryption, signal?: AbortSignal): Promise<void>;
  sizeOf(object: ObjectRef): Promise<number>;
  /** `range` is the value of a Range header. */
  open(from: ObjectRef, range?: string): Promise<OpenObject>;
  /** Writes exactly `size` bytes, and answers with their MD5 in hex. */
  write(to: ObjectRef, body: AsyncIterable<Uint8Array>, size: number, contentType?: string): Promise<string>;
  discard(bucket: string, keys: readonly string[]): Promise<void>;
}

/** An S3, for the service itself and for clients. */
export interface S3Backend {
  readonly storage: Storage;
  /** Answers a request of a client that was let in. No request reaches the service's own bucket. */
  serve(incoming: Incoming): Promise<void>;
  stop(): Promise<void>;
}

/** The same bytes, each seen on its way. */
export async function* passing(
  body: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    see(bytes);
    yield bytes;
  }
}
