/** Objects of a bucket, from a text or an asset. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";

import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type HeadObjectCommandOutput,
  type ServerSideEncryption,
  type StorageClass,
} from "@aws-sdk/client-s3";

import { unlessMissing } from "../stored-resource";
import type { Region } from "../region";
import { refusal, type ResourceType, type Service } from "../resource-type";
import type { Properties } from "../resource-type";
import { asTags } from "./s3-bucket-settings";

const object: ResourceType = {
  inputs: {
    bucket: "replace",
    key: "replace",
    ...{ content: "update", contentBase64: "update", source: "update", sourceHash: "update" },
    ...{ etag: "update", contentType: "update", metadata: "update", forceDestroy: "update" },
    ...{ serverSideEncryption: "update", kmsKeyId: "update", storageClass: "update" },
  },
  computed: [
    ...["arn", "contentType", "bucketKeyEnabled", "serverSideEncryption", "storageClass"],
    ...["etag", "versionId"],
  ],
  volatile: ["etag", "versionId"],
  named: { input: "key", bare: true },
  tagged: true,

  async create(inputs, region) {
    const outputs = await put(inputs, region);
    // The id contains the bucket since version 6.2 of the Terraform provider.
    return { id: `${inputs.bucket as string}/${inputs.key as string}`, outputs };
  },

  async read(id, region) {
    const { bucket, key } = parsed(id);
    const found = await unlessMissing(region.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    if (!found) return undefined;
    const tags = await region.s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
    return { bucket, key, tagsAll: asTags(tags.TagSet), ...described(bucket, key, found) };
  },

  update: (_, inputs, region) => put(inputs, region),

  async delete(id, { s3 }) {
    const { bucket, key } = parsed(id);
    await unlessMissing(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
  },
};

export const s3Object: Service = {
  resources: {
    "aws:s3/bucketObject:BucketObject": object,
    "aws:s3/bucketObjectv2:BucketObjectv2": object,
  },
};

async function put(inputs: Properties, { s3 }: Region): Promise<Properties> {
  const { bucket, key, tagsAll } = inputs as { bucket: string; key: string; tagsAll: Record<string, string> };
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(await body(inputs)),
      ContentType: inputs.contentType as string | undefined,
      Metadata: inputs.metadata as Record<string, string> | undefined,
      ServerSideEncryption: inputs.serverSideEncryption as ServerSideEncryption | undefined,
      SSEKMSKeyId: inputs.kmsKeyId as string | undefined,
      StorageClass: inputs.storageClass as StorageClass | undefined,
      Tagging: Object.keys(tagsAll).length > 0 ? new URLSearchParams(tagsAll).toString() : undefined,
    }),
  );
  return described(bucket, key, await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
}

/** An asset or an archive as the engine sends it. */
interface Source {
  path?: string;
  text?: string;
  uri?: string;
}

async function body({ content, contentBase64, source }: Properties) {
  if (content !== undefined) return { Body: content as string };
  if (contentBase64 !== undefined) return { Body: Buffer.from(contentBase64 as string, "base64") };
  if (source === undefined) return { Body: "" };
  const { path, text, uri } = source as Source;
  if (text !== undefined) return { Body: text };
  if (path !== undefined && (await stat(path)).isFile()) {
    return { Body: createReadStream(path), ContentLength: (await stat(path)).size };
  }
  if (uri?.startsWith("file:")) return { Body: await readFile(new URL(uri)) };
  throw new Error(
    refusal("a source that is no file and no text, such as an archive of a folder, is not read"),
  );
}

const parsed = (id: string): { bucket: string; key: string } => {
  const [bucket = "", ...key] = id.split("/");
  return { bucket, key: key.join("/") };
};

const described = (bucket: string, key: string, head: HeadObjectCommandOutput): Properties => ({
  arn: `arn:aws:s3:::${bucket}/${key}`,
  etag: head.ETag?.replaceAll('"', ""),
  versionId: head.VersionId ?? "",
  contentType: head.ContentType,
  bucketKeyEnabled: head.BucketKeyEnabled ?? false,
  serverSideEncryption: head.ServerSideEncryption ?? "AES256",
  storageClass: head.StorageClass ?? "STANDARD",
});
