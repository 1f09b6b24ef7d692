/** An external S3 server: jobs reach it by the AWS client, requests of clients are forwarded to it. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  S3,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { quietSdk } from "../../lib/quiet-sdk";
import type { Encryption } from "../../service-model/shared-shapes";
import type { ObjectRef, OpenObject, S3Backend, ObjectStorage } from "./service-storage";
import { ObjectError, tapBytes, serviceBucket } from "./service-storage";
import { S3Proxy } from "./s3-proxy";

export function externalS3(endpoint: string, credentials: S3ClientConfig["credentials"]): S3Backend {
  const storage = new ExternalStorage(endpoint, credentials);
  const proxy = new S3Proxy(endpoint, serviceBucket);
  return {
    storage,
    handle: (incoming) => proxy.handle(incoming),
    stop: () => {
      storage.close();
      proxy.close();
      return Promise.resolve();
    },
  };
}

const ignore = (): void => undefined;

class ExternalStorage implements ObjectStorage {
  readonly #client: S3;

  constructor(endpoint: string, credentials: S3ClientConfig["credentials"]) {
    quietSdk();
    this.#client = new S3({
      endpoint,
      credentials,
      region: "us-east-1",
      forcePathStyle: true,
      // This service verifies checksums itself, and a trailing checksum would change the body's encoding.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // Silences the SDK, because aborted uploads are reported to the client, not to the console.
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
  }

  async bucketExists(bucket: string): Promise<boolean> {
    try {
      await asObjectError(this.#client.headBucket({ Bucket: bucket }));
      return true;
    } catch (error) {
      if (error instanceof ObjectError && error.reason === "missing") return false;
      throw error;
    }
  }

  async ensureBucket(bucket: string): Promise<void> {
    if (await this.bucketExists(bucket)) return;
    await asObjectError(this.#client.createBucket({ Bucket: bucket }));
  }

  async getBucketPolicy(bucket: string): Promise<string | undefined> {
    return (await asObjectError(this.#client.getBucketPolicy({ Bucket: bucket }))).Policy;
  }

  async copyObject(
    from: ObjectRef,
    to: ObjectRef,
    encryption?: Encryption,
    abortSignal?: AbortSignal,
  ): Promise<void> {
    const copy = new CopyObjectCommand({
      CopySource: `${from.bucket}/${from.key.split("/").map(encodeURIComponent).join("/")}`,
      Bucket: to.bucket,
      Key: to.key,
      ServerSideEncryption: encryption?.type,
      SSEKMSKeyId: encryption?.kmsKeyArn,
    });
    await asObjectError(this.#client.send(copy, { abortSignal }));
  }

  async getObjectSize({ bucket, key }: ObjectRef): Promise<number> {
    const head = await asObjectError(this.#client.headObject({ Bucket: bucket, Key: key }));
    return head.ContentLength ?? 0;
  }

  async openObject({ bucket, key }: ObjectRef, range?: string): Promise<OpenObject> {
    const got = await asObjectError(this.#client.getObject({ Bucket: bucket, Key: key, Range: range }));
    const body = got.Body as Readable;
    return {
      body,
      size: got.ContentLength ?? 0,
      contentType: got.ContentType,
      etag: got.ETag,
      lastModified: got.LastModified,
      contentRange: got.ContentRange,
      close: () => void body.destroy(),
    };
  }

  async writeObject(
    { bucket, key }: ObjectRef,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType?: string,
  ): Promise<string> {
    const md5 = createHash("md5");
    const bytes = Readable.from(
      tapBytes(body, (chunk) => md5.update(chunk)),
      { objectMode: false },
    );
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: bytes,
      ContentLength: size,
      ContentType: contentType,
    });
    try {
      await asObjectError(this.#client.send(put));
    } finally {
      bytes.destroy();
    }
    return md5.digest("hex");
  }

  async deleteObjects(bucket: string, keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += 1000) {
      const objects = keys.slice(start, start + 1000).map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
      await this.#client.send(command).catch(() => undefined);
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Resolves to the call's result; turns S3's errors into `ObjectError`s. */
async function asObjectError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    throw ObjectError.fromResponse(error.$metadata.httpStatusCode, error.name, error.message);
  }
}
