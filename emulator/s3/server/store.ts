/** What is stored: buckets by name, and in each the objects, the unfinished uploads and what was set on the bucket. */
import { randomBytes } from "node:crypto";
import type { Algorithm, Checksum, ChecksumType } from "./checksums";
import type { Content } from "./content";
import { noSuchKey, S3Error } from "./errors";
import type { Files } from "./files";
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
export interface Description {
  /** Headers that are given back as they came: the content's, and the user's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
}

export interface StoredObject extends Description {
  readonly key: string;
  readonly content: Content;
  /** Without the quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
  /** Of an object that was uploaded in parts. */
  readonly partSizes?: readonly number[];
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
  readonly description: Description;
  readonly algorithm?: Algorithm;
  readonly checksumType?: ChecksumType;
  readonly parts: Map<number, Part>;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export class Bucket {
  readonly created = new Date();
  readonly objects = new SortedMap<StoredObject>();
  readonly uploads = new Map<string, Upload>();
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

  object(key: string): StoredObject {
    const found = this.objects.get(key);
    if (!found) throw noSuchKey(key);
    return found;
  }

  put(object: StoredObject): void {
    this.objects.set(object.key, object)?.content.release();
  }

  remove(key: string): void {
    this.objects.delete(key)?.content.release();
  }

  upload(key: string, id: string): Upload {
    const found = this.uploads.get(id);
    if (found?.key === key) return found;
    throw new S3Error(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: id },
    );
  }

  begin(upload: Omit<Upload, "id" | "initiated" | "parts">): Upload {
    const begun = {
      ...upload,
      id: randomBytes(24).toString("base64url"),
      initiated: new Date(),
      parts: new Map(),
    };
    this.uploads.set(begun.id, begun);
    return begun;
  }

  /** Forgets an upload. The parts that are not kept go. */
  end(upload: Upload, kept: ReadonlySet<Part> = new Set()): void {
    this.uploads.delete(upload.id);
    for (const part of upload.parts.values()) if (!kept.has(part)) part.content.release();
  }
}

export class Store {
  readonly buckets = new SortedMap<Bucket>();

  constructor(
    readonly files: Files,
    /** A bucket that is in nobody's list. */
    readonly unlisted?: string,
  ) {}

  bucket(name: string): Bucket {
    const found = this.buckets.get(name);
    if (found) return found;
    throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  }
}
