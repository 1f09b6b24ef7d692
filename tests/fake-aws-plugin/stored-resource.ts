import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Created, Properties, ResourceType } from "./resource-type";
import { pick } from "./resource-type";
import { createHash } from "node:crypto";
import type { Region } from "./region";

export const isMissing = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Stores resources that no local service has: IAM roles, KMS keys, REST APIs. They are objects in a bucket of the local
 * S3, so that they outlive the plugin's process, and other stacks and tests can read and delete them.
 */

const storeBucket = "aws-stand-in";

export interface Owner {
  account: string;
  region: string;
  role: string | undefined;
}

export interface StoredResource extends Owner {
  id: string;
  type: string;
  properties: Properties;
}

export class ResourceStore {
  constructor(
    private readonly s3: S3Client,
    private readonly origin: Owner,
  ) {}

  async put(type: string, id: string, properties: Properties, global?: true): Promise<void> {
    const kept: StoredResource = { ...this.origin, id, type, properties };
    const put = new PutObjectCommand({
      Bucket: storeBucket,
      Key: this.key(type, id, global),
      Body: JSON.stringify(kept),
    });
    try {
      await this.s3.send(put);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Another process may create the bucket at the same time.
      await this.s3.send(new CreateBucketCommand({ Bucket: storeBucket })).catch(() => undefined);
      await this.s3.send(put);
    }
  }

  async get(type: string, id: string, global?: true): Promise<Properties | undefined> {
    const get = new GetObjectCommand({ Bucket: storeBucket, Key: this.key(type, id, global) });
    const found = await unlessMissing(this.s3.send(get));
    return found && (JSON.parse(await found.Body!.transformToString()) as StoredResource).properties;
  }

  async delete(type: string, id: string, global?: true): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: storeBucket, Key: this.key(type, id, global) }));
  }

  private key(type: string, id: string, global?: true): string {
    const [, module, name] = /^aws:(\w+)\/\w+:(\w+)$/.exec(type)!;
    const place = global ? "global" : this.origin.region;
    return [this.origin.account, place, module, name, encodeURIComponent(id)].join("/");
  }
}

/** All stored resources. */
export async function listStoredResources({ s3 }: { readonly s3: S3Client }): Promise<StoredResource[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: storeBucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: storeBucket, Key }));
      return JSON.parse(await Body!.transformToString()) as StoredResource;
    }),
  );
}

type Description = Pick<
  ResourceType,
  "inputs" | "computed" | "volatile" | "named" | "documents" | "tagged" | "global"
> & {
  /** Id and outputs of a new object. `unique` returns the characters that the service would draw at random. */
  made: (inputs: Properties, region: Region, unique: (length: number) => string) => Created;
  /** The `volatile` outputs after an update. */
  changed?: (inputs: Properties, region: Region) => Properties;
};

export function storedType(type: string, { made, changed, ...description }: Description): ResourceType {
  const { global } = description;
  return {
    ...description,
    async create(inputs, region, urn) {
      const created = made(inputs, region, (length) => digest(urn, inputs).slice(0, length));
      if (await region.store.get(type, created.id, global)) {
        throw new Error(`There is a ${type} ${created.id} already.`);
      }
      await region.store.put(type, created.id, { ...inputs, ...created.outputs }, global);
      return created;
    },
    read: (id, region) => region.store.get(type, id, global),
    async update(id, inputs, region, state) {
      const outputs = { ...pick(state, description.computed), ...changed?.(inputs, region) };
      await region.store.put(type, id, { ...inputs, ...outputs }, global);
      return outputs;
    },
    delete: (id, region) => region.store.delete(type, id, global),
  };
}

export const now = (): string => new Date().toISOString();

/** The same resource with the same inputs gets the same id. Its replacement gets a different one. */
const digest = (urn: string, inputs: Properties): string =>
  createHash("sha256")
    .update(urn + JSON.stringify(inputs))
    .digest("hex");
