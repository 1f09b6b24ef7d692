/**
 * Resources that no local service has, such as IAM roles and REST APIs. They are objects in a bucket of the local S3, so
 * that they outlive the plugin's process, and other stacks and tests can read and delete them.
 */
import { createHash } from "node:crypto";

import type { S3 } from "@aws-sdk/client-s3";

import type { Region } from "./region";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { pick } from "./properties";

export const isMissing = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const Bucket = "fake-aws-resources";

export interface StoredResource {
  type: string;
  properties: Properties;
}

const keyOf = ({ accountId }: Region, type: string, id: string): string =>
  [accountId, type, id].map(encodeURIComponent).join("/");

async function storeResource(
  region: Region,
  type: string,
  id: string,
  properties: Properties,
): Promise<void> {
  const Body = JSON.stringify({ type, properties } satisfies StoredResource);
  const put = () => region.s3.putObject({ Bucket, Key: keyOf(region, type, id), Body });
  try {
    await put();
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Another process may create the bucket at the same time.
    await region.s3.createBucket({ Bucket }).catch(() => undefined);
    await put();
  }
}

export async function readResource(
  region: Region,
  type: string,
  id: string,
): Promise<Properties | undefined> {
  const get = region.s3.getObject({ Bucket, Key: keyOf(region, type, id) });
  const found = await unlessMissing(get);
  return found && (JSON.parse(await found.Body!.transformToString()) as StoredResource).properties;
}

/** All stored resources. */
export async function listStoredResources({ s3 }: { readonly s3: S3 }): Promise<StoredResource[]> {
  const { Contents = [] } = await s3.listObjectsV2({ Bucket });
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.getObject({ Bucket, Key });
      return JSON.parse(await Body!.transformToString()) as StoredResource;
    }),
  );
}

export interface StoredType extends Omit<ResourceType, "create" | "read" | "update" | "delete"> {
  id: (inputs: Record<string, string>, unique: (length: number) => string) => string;
  /** The `computed` outputs of a new object. */
  outputs?: (inputs: Record<string, string>, region: Region, id: string) => Properties;
}

/** `unique` returns the same characters for the same resource with the same inputs, and others for its replacement. */
export const storedType = (
  type: string,
  { id: idOf, outputs, ...description }: StoredType,
): ResourceType => ({
  ...description,
  async create(inputs, region, urn) {
    const digest = createHash("sha256")
      .update(urn + JSON.stringify(inputs))
      .digest("hex");
    const id = idOf(inputs as Record<string, string>, (length) => digest.slice(0, length));
    if (await readResource(region, type, id)) throw new Error(`There is a ${type} ${id} already.`);
    const computed = outputs?.(inputs as Record<string, string>, region, id) ?? {};
    await storeResource(region, type, id, { ...inputs, ...computed });
    return { id, outputs: computed };
  },
  read: (id, region) => readResource(region, type, id),
  update: (id, inputs, region, state) =>
    storeResource(region, type, id, { ...inputs, ...pick(state, description.computed) }),
  async delete(id, region) {
    await region.s3.deleteObject({ Bucket, Key: keyOf(region, type, id) });
  },
});
