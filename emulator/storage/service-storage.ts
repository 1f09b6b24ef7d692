/** All that the local service does in S3. Bytes pass as streams or are copied by S3 itself. */
import { Readable } from "node:stream";
import { isBucketName, longestKey } from "../s3/bucket-name";
import { allowsServiceToPut, letsAccessPointsRead } from "./bucket-policy";
import type { Encryption, ObjectRef, OpenObject, Storage } from "./storage";
import { ObjectError } from "./storage";

export type { Encryption, ObjectRef, OpenObject } from "./storage";
export { ObjectError } from "./storage";

/** The bucket that the service keeps assets and uploads in. What requests name is never in it. */
export const serviceBucket = "local-aws-data-exchange";

const own = (key: string): ObjectRef => ({ bucket: serviceBucket, key });

export class Objects {
  constructor(private readonly storage: Storage) {}

  async bucketExists(bucket: string): Promise<boolean> {
    needForeign(bucket);
    return this.storage.bucketExists(bucket);
  }

  /** Whether the bucket's policy lets the service's principal write objects. A server without policies has none that forbids. */
  async letsServiceWrite(bucket: string): Promise<boolean> {
    needForeign(bucket);
    return this.#policySays(bucket, allowsServiceToPut);
  }

  async #policySays(bucket: string, says: (policy: string) => boolean): Promise<boolean> {
    try {
      const policy = await this.storage.policyOf(bucket);
      return policy !== undefined && says(policy);
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
    needForeign(from.bucket, from.key);
    await this.storage.copy(from, own(key), undefined, signal);
    return { size: await this.storage.sizeOf(own(key)) };
  }

  /** Copies an object of the service's own to where somebody wants it. */
  async give(key: string, to: ObjectRef, encryption?: Encryption, signal?: AbortSignal): Promise<void> {
    needForeign(to.bucket, to.key);
    await this.storage.copy(own(key), to, encryption, signal);
  }

  /** Writes an empty object to where somebody wants it. */
  async put(to: ObjectRef): Promise<void> {
    needForeign(to.bucket, to.key);
    await this.storage.write(to, Readable.from([]), 0);
  }

  /** Copies an object of the service's own bucket within it. */
  async keep(key: string, as: string, signal?: AbortSignal): Promise<void> {
    await this.storage.copy(own(key), own(as), undefined, signal);
  }

  /** An object of the service's own bucket; `range` is the value of a Range header. */
  open(key: string, range?: string): Promise<OpenObject> {
    return this.storage.open(own(key), range);
  }

  /** Writes exactly `size` bytes to the service's own bucket, and answers with their MD5 in hex. */
  write(key: string, body: AsyncIterable<Uint8Array>, size: number, contentType?: string): Promise<string> {
    return this.storage.write(own(key), body, size, contentType);
  }

  /** Removes objects of the service's bucket. What cannot be removed is left behind: nothing points to it. */
  async discard(keys: readonly string[]): Promise<void> {
    await this.storage.discard(serviceBucket, keys).catch(() => undefined);
  }
}

/** A bucket that a request names is somebody's, and it and the object have names that they can have. */
function needForeign(bucket: string, key = ""): void {
  if (bucket === serviceBucket) throw new ObjectError("denied", "Access Denied", "AccessDenied");
  if (!isBucketName(bucket)) {
    throw new ObjectError("invalid", `The bucket name ${bucket} is not valid.`, "InvalidBucketName");
  }
  const size = Buffer.byteLength(key);
  if (size > longestKey) {
    const message = `The key has ${size} bytes, and S3 takes at most ${longestKey}.`;
    throw new ObjectError("invalid", message, "KeyTooLongError");
  }
}
