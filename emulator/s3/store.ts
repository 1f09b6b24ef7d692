/** What is stored: buckets by name, and in each the objects, the unfinished uploads and what was set on the bucket. */
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

/** What a request says of an object beside its bytes. */
export interface ObjectMetadata {
  /** Headers that are given back as they came: the content's, and the user's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
}

export interface StoredObject extends ObjectMetadata {
  readonly key: string;
  readonly content: Content;
  /** Without the quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
  /** Of an object that was uploaded in parts. */
  readonly parts?: readonly ObjectPart[];
  /** Of an archived object that was restored. */
  readonly restoredUntil?: Date;
}

/** What is left of a part once its object is made. */
export interface ObjectPart {
  readonly size: number;
  /** By the object's algorithm, in base64. */
  readonly checksum?: string;
}

export interface Part {
  readonly number: number;
  readonly content: Content;
  /** MD5 in hex. */
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

/** What the answer to a completed upload says. */
export type CompletedUpload = Pick<StoredObject, "etag" | "encryption" | "checksum">;

/** Unfinished uploads of a bucket. From here on the oldest is aborted, as a lifecycle rule would do after some days. */
const maxUploads = 10_000;
/** Completed uploads whose answers a bucket remembers. */
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
  /** The oldest first. */
  readonly uploads = new Map<string, Upload>();
  /** By the upload's id; the oldest first. */
  readonly #completed = new Map<string, CompletedUpload & { readonly key: string; readonly parts: string }>();
  tags?: readonly Tag[];
  policy?: string;
  /** S3 encrypts all that nobody says otherwise of. */
  encryption: Encryption = { algorithm: "AES256" };
  /** New buckets block everything. */
  publicAccessBlock?: PublicAccessBlock = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };

  constructor(
    readonly name: string,
    /** As given when it was made; absent for us-east-1. */
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
    const begun = {
      ...upload,
      id: randomBytes(24).toString("base64url"),
      initiated: new Date(),
      parts: new Map(),
    };
    const [oldest] = this.uploads.values();
    if (oldest && this.uploads.size >= maxUploads) this.removeUpload(oldest);
    this.uploads.set(begun.id, begun);
    return begun;
  }

  /** Makes an upload the object that its parts are. `request` is what named them. */
  completeUpload(upload: Upload, object: StoredObject, request: string, parts: readonly Part[]): void {
    const { key, etag, encryption, checksum } = object;
    this.removeUpload(upload, new Set(parts));
    this.putObject(object);
    const [oldest] = this.#completed.keys();
    if (oldest !== undefined && this.#completed.size >= maxCompleted) this.#completed.delete(oldest);
    this.#completed.set(upload.id, { key, etag, encryption, checksum, parts: sha256(request) });
  }

  /** What was answered to the same request before. */
  findCompleted(id: string, key: string, request: string): CompletedUpload | undefined {
    const found = this.#completed.get(id);
    return found?.key === key && found.parts === sha256(request) ? found : undefined;
  }

  /** Forgets an upload. The parts that are not kept go. */
  removeUpload(upload: Upload, kept: ReadonlySet<Part> = new Set()): void {
    this.uploads.delete(upload.id);
    for (const part of upload.parts.values()) if (!kept.has(part)) part.content.release();
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");

/** S3's quota of buckets for an account. */
const maxBuckets = 10_000;

export class Store {
  readonly buckets = new SortedMap<Bucket>();
  /** A bucket that no request reaches, however it names it, and no list shows. */
  readonly #reserved: Bucket | undefined;

  constructor(
    readonly files: Files,
    reserved?: string,
  ) {
    this.#reserved = reserved === undefined ? undefined : new Bucket(reserved, undefined);
  }

  /** A bucket that a request names, if there is one. */
  findBucket(name: string): Bucket | undefined {
    if (name === this.#reserved?.name) throw new S3Error("AccessDenied");
    return this.buckets.get(name);
  }

  /** A bucket that a request names. */
  getBucket(name: string): Bucket {
    const found = this.findBucket(name);
    if (found) return found;
    throw new S3Error("NoSuchBucket", { BucketName: name });
  }

  /** Any bucket, the reserved one too: for the program that S3 runs in. */
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
