/** Buckets, their objects and their policies. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import { type BucketLocationConstraint, type S3 } from "@aws-sdk/client-s3";

import type { Region } from "../region";
import type { Properties } from "../properties";
import type { ResourceType, ResourceTypes } from "../resource-type";
import { refusal, same } from "../properties";
import { unlessMissing } from "../stored-resource";

const bucket: ResourceType = {
  replaces: ["bucket"],
  updates: ["forceDestroy"],
  computed: ["arn"],
  named: "bucket",

  async create(inputs, { s3, name }) {
    const Bucket = inputs.bucket as string;
    const elsewhere = name !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: name as BucketLocationConstraint },
    };
    await s3.createBucket({ Bucket, ...elsewhere });
    return { id: Bucket, outputs: { arn: `arn:aws:s3:::${Bucket}` } };
  },

  async read(Bucket, { s3 }) {
    const found = await unlessMissing(s3.headBucket({ Bucket }));
    return found && { bucket: Bucket, arn: `arn:aws:s3:::${Bucket}` };
  },

  update: () => Promise.resolve(),

  async delete(Bucket, { s3 }, { forceDestroy }) {
    if (forceDestroy) await empty(s3, Bucket);
    await unlessMissing(s3.deleteBucket({ Bucket }));
  },
};

async function empty(s3: S3, Bucket: string): Promise<void> {
  for (;;) {
    const listed = await unlessMissing(s3.listObjectsV2({ Bucket }));
    const Objects = (listed?.Contents ?? []).map(({ Key }) => ({ Key: Key! }));
    if (Objects.length === 0) return;
    await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } });
  }
}

const object: ResourceType = {
  replaces: ["bucket", "key"],
  updates: ["content", "source"],
  computed: ["etag"],
  volatile: ["etag"],

  async create(inputs, region) {
    // The id contains the bucket since version 6.2 of the Terraform provider.
    return {
      id: `${inputs.bucket as string}/${inputs.key as string}`,
      outputs: await putObject(inputs, region),
    };
  },

  async read(id, { s3 }) {
    const { Bucket, Key } = partsOf(id);
    const found = await unlessMissing(s3.headObject({ Bucket, Key }));
    return found && { bucket: Bucket, key: Key, etag: found.ETag?.replaceAll('"', "") };
  },

  update: (_, inputs, region) => putObject(inputs, region),

  async delete(id, { s3 }) {
    await unlessMissing(s3.deleteObject(partsOf(id)));
  },
};

const partsOf = (id: string): { Bucket: string; Key: string } => {
  const [Bucket = "", ...key] = id.split("/");
  return { Bucket, Key: key.join("/") };
};

async function putObject(inputs: Properties, { s3 }: Region): Promise<Properties> {
  const { bucket: Bucket, key: Key } = inputs as { bucket: string; key: string };
  const { ETag } = await s3.putObject({ Bucket, Key, ...(await bodyOf(inputs)) });
  return { etag: ETag?.replaceAll('"', "") };
}

async function bodyOf({ content = "", source }: Properties) {
  if (source === undefined) return { Body: content as string };
  const { path } = source as { path?: string };
  const file = path === undefined ? undefined : await stat(path);
  if (!file?.isFile()) throw new Error(refusal("a source other than a file is not read"));
  return { Body: createReadStream(path!), ContentLength: file.size };
}

const bucketPolicy: ResourceType = {
  replaces: ["bucket"],
  updates: ["policy"],
  document: "policy",

  async create(inputs, region) {
    await putPolicy(inputs, region);
    return { id: inputs.bucket as string, outputs: {} };
  },

  /** A policy that differs only in its text from the one in state is the same policy. */
  async read(Bucket, { s3 }, state) {
    const found = await unlessMissing(s3.getBucketPolicy({ Bucket }));
    if (!found) return undefined;
    const isSame = same(
      JSON.parse(found.Policy!),
      JSON.parse((state.policy as string | undefined) ?? "null"),
    );
    return { bucket: Bucket, policy: isSame ? state.policy : found.Policy };
  },

  update: (_, inputs, region) => putPolicy(inputs, region),

  async delete(Bucket, { s3 }) {
    await unlessMissing(s3.deleteBucketPolicy({ Bucket }));
  },
};

async function putPolicy({ bucket, policy }: Properties, { s3 }: Region): Promise<void> {
  await s3.putBucketPolicy({ Bucket: bucket as string, Policy: policy as string });
}

export const s3: ResourceTypes = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
  "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
};
