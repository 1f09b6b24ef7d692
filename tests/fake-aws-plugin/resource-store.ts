/**
 * Keeps what no local service keeps: IAM roles, KMS keys, REST APIs. They are objects in a bucket of the local S3, so
 * that they outlive the plugin's process, can be looked up from another stack, and can be deleted behind a stack's back.
 */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import { isMissing, unlessMissing } from "./ignore-missing";
import type { Properties } from "./values";

const shelfBucket = "aws-stand-in";

/** On whose behalf something was put here. */
export interface Origin {
  account: string;
  region: string;
  role: string | undefined;
}

export interface Kept extends Origin {
  id: string;
  type: string;
  properties: Properties;
}

export class Shelf {
  constructor(
    private readonly s3: S3Client,
    private readonly origin: Origin,
  ) {}

  async put(type: string, id: string, properties: Properties, global?: true): Promise<void> {
    const kept: Kept = { ...this.origin, id, type, properties };
    const put = new PutObjectCommand({
      Bucket: shelfBucket,
      Key: this.key(type, id, global),
      Body: JSON.stringify(kept),
    });
    try {
      await this.s3.send(put);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Another process may make it at the same time.
      await this.s3.send(new CreateBucketCommand({ Bucket: shelfBucket })).catch(() => undefined);
      await this.s3.send(put);
    }
  }

  async get(type: string, id: string, global?: true): Promise<Properties | undefined> {
    const get = new GetObjectCommand({ Bucket: shelfBucket, Key: this.key(type, id, global) });
    const found = await unlessMissing(this.s3.send(get));
    return found && (JSON.parse(await found.Body!.transformToString()) as Kept).properties;
  }

  async delete(type: string, id: string, global?: true): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: shelfBucket, Key: this.key(type, id, global) }));
  }

  private key(type: string, id: string, global?: true): string {
    const [, module, name] = /^aws:(\w+)\/\w+:(\w+)$/.exec(type)!;
    const place = global ? "global" : this.origin.region;
    return [this.origin.account, place, module, name, encodeURIComponent(id)].join("/");
  }
}

/** All that is stored, for tests. */
export async function listStoredResources({ s3 }: { readonly s3: S3Client }): Promise<Kept[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: shelfBucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: shelfBucket, Key }));
      return JSON.parse(await Body!.transformToString()) as Kept;
    }),
  );
}
