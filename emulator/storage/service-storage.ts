import type { IncomingRequest } from "../s3/s3-server";
import { Readable } from "node:stream";
import { isBucketName, maxKeyBytes } from "../s3/names";
import { allowsServiceWrite, allowsAccessPoints } from "./bucket-policy";

/** What the local service needs of an S3, wherever that is. */

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
  static fromResponse(status: number | undefined, code: string, message: string): ObjectError {
    return new ObjectError(reasons[status ?? 500] ?? "failed", message, code);
  }
}

const reasons: Readonly<Record<number, ObjectError["reason"]>> = {
  400: "invalid",
  403: "denied",
  404: "missing",
};

/** Every operation throws an `ObjectError` when S3 refuses it. */
export interface ObjectStorage {
  bucketExists(bucket: string): Promise<boolean>;
  /** Makes the service's own bucket, unless it is there. */
  ensureBucket(bucket: string): Promise<void>;
  /** The bucket's policy, if it has one. */
  getBucketPolicy(bucket: string): Promise<string | undefined>;
  copyObject(from: ObjectRef, to: ObjectRef, encryption?: Encryption, signal?: AbortSignal): Promise<void>;
  getObjectSize(object: ObjectRef): Promise<number>;
  /** `range` is the value of a Range header. */
  openObject(from: ObjectRef, range?: string): Promise<OpenObject>;
  /** Writes exactly `size` bytes, and answers with their MD5 in hex. */
  writeObject(
    to: ObjectRef,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType?: string,
  ): Promise<string>;
  deleteObjects(bucket: string, keys: readonly string[]): Promise<void>;
}

/** An S3, for the service itself and for clients. */
export interface S3Backend {
  readonly storage: ObjectStorage;
  /** Answers a request of a client that was let in. No request reaches the service's own bucket. */
  handle(incoming: IncomingRequest): Promise<void>;
  stop(): Promise<void>;
}

/** The same bytes, each seen on its way. */
export async function* tapBytes(
  body: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    see(bytes);
    yield bytes;
  }
}

/** All that the local service does in S3. Bytes pass as streams or are copied by S3 itself. */

/** The bucket that the service keeps assets and uploads in. What requests name is never in it. */
export const serviceBucket = "local-aws-data-exchange";

const own = (key: string): ObjectRef => ({ bucket: serviceBucket, key });

export class ServiceStorage {
  constructor(private readonly storage: ObjectStorage) {}

  async bucketExists(bucket: string): Promise<boolean> {
    assertUserBucket(bucket);
    return this.storage.bucketExists(bucket);
  }

  /** Whether the bucket's policy lets the service's principal write objects. A server without policies has none that forbids. */
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

  /** Whether the bucket's policy leaves access to access points, as sharing its objects in place needs. */
  async allowsAccessPoints(bucket: string): Promise<boolean> {
    assertUserBucket(bucket);
    return this.#policySays(bucket, allowsAccessPoints);
  }

  /** Copies somebody's object to a key of the service's own bucket. */
  async importObject(from: ObjectRef, key: string, signal?: AbortSignal): Promise<{ size: number }> {
    assertUserBucket(from.bucket, from.key);
    await this.storage.copyObject(from, own(key), undefined, signal);
    return { size: await this.storage.getObjectSize(own(key)) };
  }

  /** Copies an object of the service's own to where somebody wants it. */
  async exportObject(
    key: string,
    to: ObjectRef,
    encryption?: Encryption,
    signal?: AbortSignal,
  ): Promise<void> {
    assertUserBucket(to.bucket, to.key);
    await this.storage.copyObject(own(key), to, encryption, signal);
  }

  /** Writes an empty object to where somebody wants it. */
  async writeEmptyObject(to: ObjectRef): Promise<void> {
    assertUserBucket(to.bucket, to.key);
    await this.storage.writeObject(to, Readable.from([]), 0);
  }

  /** Copies an object of the service's own bucket within it. */
  async copyWithin(key: string, as: string, signal?: AbortSignal): Promise<void> {
    await this.storage.copyObject(own(key), own(as), undefined, signal);
  }

  /** An object of the service's own bucket; `range` is the value of a Range header. */
  openObject(key: string, range?: string): Promise<OpenObject> {
    return this.storage.openObject(own(key), range);
  }

  /** Writes exactly `size` bytes to the service's own bucket, and answers with their MD5 in hex. */
  writeObject(
    key: string,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType?: string,
  ): Promise<string> {
    return this.storage.writeObject(own(key), body, size, contentType);
  }

  /** Removes objects of the service's bucket. What cannot be removed is left behind: nothing points to it. */
  async deleteObjects(keys: readonly string[]): Promise<void> {
    await this.storage.deleteObjects(serviceBucket, keys).catch(() => undefined);
  }
}

/** A bucket that a request names is somebody's, and it and the object have names that they can have. */
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
