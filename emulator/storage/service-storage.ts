/** The local service's access to S3, in this process or elsewhere. */
import type { IncomingRequest } from "../s3/s3-server";
import { Readable } from "node:stream";
import type { Encryption } from "../../service-model/shared-shapes";
import { isBucketName } from "../s3/buckets";
import { maxKeyBytes } from "../s3/write-objects";
import { allowsServiceWrite, allowsAccessPoints } from "./bucket-policy";

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

export interface OpenObject {
  readonly body: AsyncIterable<Uint8Array>;
  readonly size: number;
  readonly contentType?: string;
  readonly etag?: string;
  readonly lastModified?: Date;
  /** Set if a range was requested and returned. */
  readonly contentRange?: string;
  /** Releases a body that is not read to its end. */
  close(): void;
}

/** An error of S3, as a job's error reports it. */
export class ObjectError extends Error {
  constructor(
    readonly reason: "missing" | "denied" | "invalid" | "failed",
    message: string,
    /** S3's error code. */
    readonly code: string,
  ) {
    super(message);
    this.name = "ObjectError";
  }

  /** Builds the error from S3's response. */
  static fromResponse(status: number | undefined, code: string, message: string): ObjectError {
    return new ObjectError(reasons[status ?? 500] ?? "failed", message, code);
  }
}

const reasons: Readonly<Record<number, ObjectError["reason"]>> = {
  400: "invalid",
  403: "denied",
  404: "missing",
};

/** Access to objects by one of two S3 servers. @throws ObjectError if S3 rejects an operation. */
export interface ObjectStorage {
  bucketExists(bucket: string): Promise<boolean>;
  /** Creates the bucket unless it exists. */
  ensureBucket(bucket: string): Promise<void>;
  /** Undefined if the bucket has no policy. */
  getBucketPolicy(bucket: string): Promise<string | undefined>;
  copyObject(from: ObjectRef, to: ObjectRef, encryption?: Encryption, signal?: AbortSignal): Promise<void>;
  getObjectSize(object: ObjectRef): Promise<number>;
  /** `range` is the value of a Range header. */
  openObject(from: ObjectRef, range?: string): Promise<OpenObject>;
  /** Writes exactly `size` bytes and resolves to their MD5 in hex. */
  writeObject(
    to: ObjectRef,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType?: string,
  ): Promise<string>;
  deleteObjects(bucket: string, keys: readonly string[]): Promise<void>;
}

/** An S3 server for the service's jobs and for clients. */
export interface S3Backend {
  readonly storage: ObjectStorage;
  /** Answers an authenticated request. Requests cannot reach the service's bucket. */
  handle(incoming: IncomingRequest): Promise<void>;
  stop(): Promise<void>;
}

/** Passes bytes through and shows each chunk to `see`. */
export async function* tapBytes(
  body: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    see(bytes);
    yield bytes;
  }
}

/** The service's bucket for assets and uploads. Requests cannot name it. */
export const serviceBucket = "local-aws-data-exchange";

const own = (key: string): ObjectRef => ({ bucket: serviceBucket, key });

export class ServiceStorage {
  constructor(private readonly storage: ObjectStorage) {}

  async bucketExists(bucket: string): Promise<boolean> {
    assertUserBucket(bucket);
    return this.storage.bucketExists(bucket);
  }

  /** Whether the bucket's policy lets the service write objects. True if the server does not implement policies. */
  async allowsServiceWrite(bucket: string): Promise<boolean> {
    assertUserBucket(bucket);
    return this.#policySays(bucket, allowsServiceWrite);
  }

  async #policySays(bucket: string, says: (policy: string) => boolean): Promise<boolean> {
    try {
      const policy = await this.storage.getBucketPolicy(bucket);
      return policy !== undefined && says(policy);
    } catch (error) {
      if (error instanceof ObjectError && error.code === "NotImplemented") return true;
      if (error instanceof ObjectError && error.reason === "missing") return false;
      throw error;
    }
  }

  /** Whether the bucket's policy delegates access to access points, which S3 data access needs. */
  async allowsAccessPoints(bucket: string): Promise<boolean> {
    assertUserBucket(bucket);
    return this.#policySays(bucket, allowsAccessPoints);
  }

  /** Copies a user's object into the service's bucket. */
  async importObject(from: ObjectRef, key: string, signal?: AbortSignal): Promise<{ size: number }> {
    assertUserBucket(from.bucket, from.key);
    await this.storage.copyObject(from, own(key), undefined, signal);
    return { size: await this.storage.getObjectSize(own(key)) };
  }

  /** Copies an object of the service's bucket into a user's bucket. */
  async exportObject(
    key: string,
    to: ObjectRef,
    encryption?: Encryption,
    signal?: AbortSignal,
  ): Promise<void> {
    assertUserBucket(to.bucket, to.key);
    await this.storage.copyObject(own(key), to, encryption, signal);
  }

  /** Writes an empty object into a user's bucket. */
  async writeEmptyObject(to: ObjectRef): Promise<void> {
    assertUserBucket(to.bucket, to.key);
    await this.storage.writeObject(to, Readable.from([]), 0);
  }

  /** Copies an object within the service's bucket. */
  async copyWithin(key: string, as: string, signal?: AbortSignal): Promise<void> {
    await this.storage.copyObject(own(key), own(as), undefined, signal);
  }

  /** Opens an object of the service's bucket; `range` is the value of a Range header. */
  openObject(key: string, range?: string): Promise<OpenObject> {
    return this.storage.openObject(own(key), range);
  }

  /** Writes exactly `size` bytes to the service's bucket and resolves to their MD5 in hex. */
  writeObject(
    key: string,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType?: string,
  ): Promise<string> {
    return this.storage.writeObject(own(key), body, size, contentType);
  }

  /** Deletes objects of the service's bucket. Ignores errors, because nothing refers to the objects. */
  async deleteObjects(keys: readonly string[]): Promise<void> {
    await this.storage.deleteObjects(serviceBucket, keys).catch(() => undefined);
  }
}

/** Throws if a request names the service's bucket, or a bucket or key that S3 does not allow. */
function assertUserBucket(bucket: string, key = ""): void {
  if (bucket === serviceBucket) throw new ObjectError("denied", "Access Denied", "AccessDenied");
  if (!isBucketName(bucket)) {
    throw new ObjectError("invalid", `The bucket name ${bucket} is not valid.`, "InvalidBucketName");
  }
  const size = Buffer.byteLength(key);
  if (size > maxKeyBytes) {
    const message = `The key has ${size} bytes, and S3 takes at most ${maxKeyBytes}.`;
    throw new ObjectError("invalid", message, "KeyTooLongError");
  }
}
