/** The default S3: in this process, called without HTTP, with its objects on disk. */
import { assertReadable } from "../s3/archive";
import { putCopy } from "../s3/copy-object";
import { Content } from "../s3/files";
import { S3Error } from "../s3/errors";
import { validateEncryption } from "../s3/object-metadata";
import { assertKeyLength } from "../s3/write-objects";
import { parseRange } from "../s3/read-objects";
import { S3Server } from "../s3/s3-server";
import type { Encryption } from "../../service-model/shared-shapes";
import type { ObjectRef, OpenObject, S3Backend, ObjectStorage } from "./service-storage";
import { ObjectError, serviceBucket } from "./service-storage";

export async function inProcessS3(): Promise<S3Backend> {
  const s3 = await S3Server.open(serviceBucket);
  return {
    storage: new InProcessStorage(s3),
    handle: (incoming) => s3.handle(incoming),
    stop: () => s3.close(),
  };
}

class InProcessStorage implements ObjectStorage {
  constructor(private readonly s3: S3Server) {}

  bucketExists(bucket: string): Promise<boolean> {
    return Promise.resolve(this.s3.store.buckets.get(bucket) !== undefined);
  }

  /** Does nothing, because the store always has its reserved bucket. */
  ensureBucket(): Promise<void> {
    return Promise.resolve();
  }

  getBucketPolicy(bucket: string): Promise<string | undefined> {
    return asObjectError(() => this.s3.store.getBucket(bucket).policy);
  }

  copyObject(from: ObjectRef, to: ObjectRef, encryption?: Encryption): Promise<void> {
    const { store } = this.s3;
    return asObjectError(() => {
      const source = assertReadable(store.getAnyBucket(from.bucket).getObject(from.key));
      const bucket = store.getAnyBucket(to.bucket);
      const wanted = encryption && { algorithm: encryption.type, keyId: encryption.kmsKeyArn };
      putCopy(bucket, to.key, source, wanted && { encryption: validateEncryption(wanted) });
    });
  }

  getObjectSize({ bucket, key }: ObjectRef): Promise<number> {
    return asObjectError(() => this.s3.store.getAnyBucket(bucket).getObject(key).content.size);
  }

  openObject({ bucket, key }: ObjectRef, range?: string): Promise<OpenObject> {
    return asObjectError(() => {
      const { content, headers, etag, lastModified } = this.s3.store.getAnyBucket(bucket).getObject(key);
      const { size } = content;
      const part = parseRange(range, size);
      const { start, end } = part ?? { start: 0, end: size };
      const body = content.read(start, end);
      return {
        body,
        size: end - start,
        contentType: headers["content-type"],
        etag: `"${etag}"`,
        lastModified,
        contentRange: part && `bytes ${start}-${end - 1}/${size}`,
        close: () => body.close(),
      };
    });
  }

  async writeObject(
    { bucket, key }: ObjectRef,
    body: AsyncIterable<Uint8Array>,
    size: number,
    contentType = "binary/octet-stream",
  ): Promise<string> {
    const { store, files } = this.s3;
    await asObjectError(() => store.getAnyBucket(bucket));
    const { stored, digests } = await files.write(body, ["MD5"], size);
    const content = Content.fromFile(stored);
    const etag = digests.get("MD5")!.toString("hex");
    try {
      if (content.size !== size) {
        throw new ObjectError("invalid", `${content.size} bytes came, and not ${size}.`, "IncompleteBody");
      }
      await asObjectError(() => {
        assertKeyLength(key);
        const { encryption } = store.getAnyBucket(bucket);
        store.getAnyBucket(bucket).putObject({
          ...{ key, content, etag, encryption, lastModified: new Date() },
          ...{ headers: { "content-type": contentType }, storageClass: "STANDARD", tags: [] },
        });
      });
      return etag;
    } catch (error) {
      content.release();
      throw error;
    }
  }

  deleteObjects(name: string, keys: readonly string[]): Promise<void> {
    const bucket = this.s3.store.getAnyBucket(name);
    for (const key of keys) bucket.deleteObject(key);
    return Promise.resolve();
  }
}

/** Resolves to the call's result; turns S3's errors into `ObjectError`s. */
const asObjectError = <T>(call: () => T): Promise<T> =>
  new Promise<T>((resolve) => resolve(call())).catch((error: unknown) => {
    throw error instanceof S3Error
      ? ObjectError.fromResponse(error.status, error.code, error.message)
      : error;
  });
