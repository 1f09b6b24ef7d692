/** All that the local service does in S3. Bytes pass as streams or are copied by S3 itself. */
import type { Readable } from "node:stream";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { isBucketName } from "./bucket-name";
import { allowsServiceToPut, letsAccessPointsRead } from "./bucket-policy";

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
  readonly body: Readable;
  readonly size: number;
  readonly contentType?: string;
  readonly etag?: string;
  readonly lastModified?: Date;
  /** Present when a range was asked for and given. */
  readonly contentRange?: string;
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
}

/** The bucket that the service keeps assets and uploads in. What requests name is never in it. */
export const serviceBucket = "local-aws-data-exchange";

const ignore = (): void => undefined;

export class Objects {
  readonly #client: S3Client;

  constructor(endpoint: string, credentials: S3ClientConfig["credentials"]) {
    this.#client = new S3Client({
      endpoint,
      credentials,
      region: "us-east-1",
      forcePathStyle: true,
      // Checksums are ours to check, and a body framed with a trailing one is not plain bytes.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // A body that breaks off is its sender's to hear of; the SDK would write to the console, whoever owns that.
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
  }

  async ensureServiceBucket(): Promise<void> {
    if (await this.#exists(serviceBucket)) return;
    await told(this.#client.send(new CreateBucketCommand({ Bucket: serviceBucket })));
  }

  async bucketExists(bucket: string): Promise<boolean> {
    needForeign(bucket);
    return this.#exists(bucket);
  }

  async #exists(bucket: string): Promise<boolean> {
    try {
      await told(this.#client.send(new HeadBucketCommand({ Bucket: bucket })));
      return true;
    } catch (error) {
      if (error instanceof ObjectError && error.reason === "missing") return false;
      throw error;
    }
  }

  /** Whether the bucket's policy lets the service's principal write objects. A server without policies has none that forbids. */
  async letsServiceWrite(bucket: string): Promise<boolean> {
    needForeign(bucket);
    return this.#policySays(bucket, allowsServiceToPut);
  }

  async #policySays(bucket: string, says: (policy: string) => boolean): Promise<boolean> {
    try {
      const { Policy = "{}" } = await told(this.#client.send(new GetBucketPolicyCommand({ Bucket: bucket })));
      return says(Policy);
    } catch (error) {
      if (error instanceof ObjectError && error.code === "NotImplemented") return true;
      if (error instanceof ObjectError && error.reason === "missing") return false;
      throw error;
    }
  }

  /** Whether the bucket's policy leaves access to access points, as sharing its objects in place needs. */
  async isSharedByPolicy(bucket: string): Promise<boolean> {
    needForeign(bucket);
    return this.#policySays(bucket, letsAccessPointsRead);
  }

  /** Copies somebody's object to a key of the service's own bucket. */
  async take(from: ObjectRef, key: string, signal?: AbortSignal): Promise<{ size: number }> {
    needForeign(from.bucket);
    await this.#copy(from, { bucket: serviceBucket, key }, undefined, signal);
    const head = new HeadObjectCommand({ Bucket: serviceBucket, Key: key });
    const { ContentLength: size = 0 } = await told(this.#client.send(head, { abortSignal: signal }));
    return { size };
  }

  /** Copies an object of the service's own to where somebody wants it. */
  async give(key: string, to: ObjectRef, encryption?: Encryption, signal?: AbortSignal): Promise<void> {
    needForeign(to.bucket);
    await this.#copy({ bucket: serviceBucket, key }, to, encryption, signal);
  }

  /** Writes an empty object to where somebody wants it. */
  async put(to: ObjectRef): Promise<void> {
    needForeign(to.bucket);
    await told(this.#client.send(new PutObjectCommand({ Bucket: to.bucket, Key: to.key, Body: "" })));
  }

  /** Copies an object of the service's own bucket within it. */
  async keep(key: string, as: string, signal?: AbortSignal): Promise<void> {
    await this.#copy({ bucket: serviceBucket, key }, { bucket: serviceBucket, key: as }, undefined, signal);
  }

  async #copy(
    from: ObjectRef,
    to: ObjectRef,
    encryption: Encryption | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const command = new CopyObjectCommand({
      CopySource: `${from.bucket}/${from.key.split("/").map(encodeURIComponent).join("/")}`,
      Bucket: to.bucket,
      Key: to.key,
      ServerSideEncryption: encryption?.type,
      SSEKMSKeyId: encryption?.kmsKeyArn,
    });
    await told(this.#client.send(command, { abortSignal: signal }));
  }

  /** An object of the service's own bucket; `range` is the value of a Range header. */
  async open(key: string, range?: string): Promise<OpenObject> {
    const get = new GetObjectCommand({ Bucket: serviceBucket, Key: key, Range: range });
    const got = await told(this.#client.send(get));
    return {
      body: got.Body as Readable,
      size: got.ContentLength ?? 0,
      contentType: got.ContentType,
      etag: got.ETag,
      lastModified: got.LastModified,
      contentRange: got.ContentRange,
    };
  }

  /** Writes exactly `size` bytes to the service's own bucket. */
  async write(key: string, body: Readable, size: number, contentType?: string): Promise<void> {
    const put = new PutObjectCommand({
      Bucket: serviceBucket,
      Key: key,
      Body: body,
      ContentLength: size,
      ContentType: contentType,
    });
    await told(this.#client.send(put));
  }

  /** Removes objects of the service's bucket. What cannot be removed is left behind: nothing points to it. */
  async discard(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += 1000) {
      const Objects = keys.slice(start, start + 1000).map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({ Bucket: serviceBucket, Delete: { Objects, Quiet: true } });
      await this.#client.send(command).catch(() => undefined);
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

/** A bucket that a request names is somebody's, and has a name that a bucket can have. */
function needForeign(bucket: string): void {
  if (bucket === serviceBucket) throw new ObjectError("denied", "Access Denied", "AccessDenied");
  if (!isBucketName(bucket)) {
    throw new ObjectError("invalid", `The bucket name ${bucket} is not valid.`, "InvalidBucketName");
  }
}

const reasons: Readonly<Record<number, ObjectError["reason"]>> = {
  400: "invalid",
  403: "denied",
  404: "missing",
};

/** The call's result, or its failure as an `ObjectError`. */
async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const reason = reasons[error.$metadata.httpStatusCode ?? 500] ?? "failed";
    throw new ObjectError(reason, error.message, error.name);
  }
}
