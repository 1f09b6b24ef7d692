/** The stored buckets with their objects, unfinished uploads and settings. */
import { createHash, randomBytes } from "node:crypto";
import type { Algorithm, Checksum, ChecksumType } from "./checksums";
import type { Content, Files } from "./files";
import { noSuchKey, S3Error } from "./errors";
import { SortedMap } from "./sorted-map";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Encryption {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

/**
 * Properties of an object that a request sets, besides the bytes. CopyObject replaces headers and tags only with the
 * directive REPLACE, and each other member if the request has its header.
 *
 * | member           | header                            | default of a copy    | validated by           |
 * | ---------------- | --------------------------------- | -------------------- | ---------------------- |
 * | headers          | content headers, `x-amz-meta-*`   | the source's         | `readStoredHeaders`    |
 * | encryption       | `x-amz-server-side-encryption*`   | the bucket's default | `validateEncryption`   |
 * | storageClass     | `x-amz-storage-class`             | STANDARD             | `readStorageClass`     |
 * | tags             | `x-amz-tagging`                   | the source's         | `parseTagHeader`       |
 * | redirectLocation | `x-amz-website-redirect-location` | none                 | `readRedirectLocation` |
 */
export interface ObjectMetadata {
  /** By name, as responses return them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
  readonly redirectLocation?: string;
}

export interface StoredObject extends ObjectMetadata {
  readonly key: string;
  readonly content: Content;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
  /** Set if the object was uploaded in parts. */
  readonly parts?: readonly ObjectPart[];
  /** Set if the object is archived and was restored. */
  readonly restoredUntil?: Date;
}

/** A part of an object that was uploaded in parts. */
export interface ObjectPart {
  readonly size: number;
  /** Base64, by the object's algorithm. */
  readonly checksum?: string;
}

export interface Part {
  readonly number: number;
  readonly content: Content;
  /** Hex MD5. */
  readonly etag: string;
  /** By the upload's algorithm. */
  readonly digest?: Buffer;
  readonly lastModified: Date;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly metadata: ObjectMetadata;
  readonly algorithm?: Algorithm;
  readonly checksumType?: ChecksumType;
  readonly parts: Map<number, Part>;
}

/** Contents of the response to CompleteMultipartUpload. */
export type CompletedUpload = Pick<StoredObject, "etag" | "encryption" | "checksum">;

/** Maximum of unfinished uploads per bucket. One more aborts the oldest, as a lifecycle rule does. */
const maxUploads = 10_000;
/** Maximum of completed uploads per bucket whose responses can be repeated. */
const maxCompleted = 100;

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export class Bucket {
  readonly created = new Date();
  readonly objects = new SortedMap<StoredObject>();
  /** Oldest first. */
  readonly uploads = new Map<string, Upload>();
  /** By upload id, oldest first. */
  readonly #completed = new Map<
    string,
    CompletedUpload & { readonly key: string; readonly requestHash: string }
  >();
  tags?: readonly Tag[];
  policy?: string;
  /** Default encryption of objects. */
  encryption: Encryption = { algorithm: "AES256" };
  /** New buckets block all public access. */
  publicAccessBlock?: PublicAccessBlock = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };

  constructor(
    readonly name: string,
    /** Undefined for us-east-1. */
    readonly region: string | undefined,
  ) {}

  getObject(key: string): StoredObject {
    const found = this.objects.get(key);
    if (!found) throw noSuchKey(key);
    return found;
  }

  putObject(object: StoredObject): void {
    this.objects.set(object.key, object)?.content.release();
  }

  deleteObject(key: string): void {
    this.objects.delete(key)?.content.release();
  }

  getUpload(key: string, id: string): Upload {
    const found = this.uploads.get(id);
    if (found?.key === key) return found;
    throw new S3Error("NoSuchUpload", { UploadId: id });
  }

  createUpload(upload: Omit<Upload, "id" | "initiated" | "parts">): Upload {
    const created = {
      ...upload,
      id: randomBytes(24).toString("base64url"),
      initiated: new Date(),
      parts: new Map(),
    };
    const [oldest] = this.uploads.values();
    if (oldest && this.uploads.size >= maxUploads) this.removeUpload(oldest);
    this.uploads.set(created.id, created);
    return created;
  }

  /** Replaces an upload by its object. `request` is the document that lists the parts. */
  completeUpload(upload: Upload, object: StoredObject, request: string, parts: readonly Part[]): void {
    const { key, etag, encryption, checksum } = object;
    this.removeUpload(upload, new Set(parts));
    this.putObject(object);
    const [oldest] = this.#completed.keys();
    if (oldest !== undefined && this.#completed.size >= maxCompleted) this.#completed.delete(oldest);
    this.#completed.set(upload.id, { key, etag, encryption, checksum, requestHash: sha256(request) });
  }

  /** Finds the response to an identical earlier request. */
  findCompleted(id: string, key: string, request: string): CompletedUpload | undefined {
    const found = this.#completed.get(id);
    return found?.key === key && found.requestHash === sha256(request) ? found : undefined;
  }

  /** Deletes an upload with all parts that are not kept. */
  removeUpload(upload: Upload, kept: ReadonlySet<Part> = new Set()): void {
    this.uploads.delete(upload.id);
    for (const part of upload.parts.values()) if (!kept.has(part)) part.content.release();
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");

/** S3's quota of buckets per account. */
const maxBuckets = 10_000;

export class Store {
  readonly buckets = new SortedMap<Bucket>();
  /** Requests cannot reach or list this bucket. */
  readonly #reserved: Bucket | undefined;

  constructor(
    readonly files: Files,
    reserved?: string,
  ) {
    this.#reserved = reserved === undefined ? undefined : new Bucket(reserved, undefined);
  }

  /** Finds the bucket that a request names. Throws for the reserved bucket. */
  findBucket(name: string): Bucket | undefined {
    if (name === this.#reserved?.name) throw new S3Error("AccessDenied");
    return this.buckets.get(name);
  }

  /** Returns the bucket that a request names; throws if it does not exist. */
  getBucket(name: string): Bucket {
    const found = this.findBucket(name);
    if (found) return found;
    throw new S3Error("NoSuchBucket", { BucketName: name });
  }

  /** Returns any bucket, including the reserved one. Do not call it with a name from a request. */
  getAnyBucket(name: string): Bucket {
    return name === this.#reserved?.name ? this.#reserved : this.getBucket(name);
  }

  addBucket(bucket: Bucket): void {
    if (this.buckets.size >= maxBuckets) {
      throw new S3Error("TooManyBuckets");
    }
    this.buckets.set(bucket.name, bucket);
  }
}
