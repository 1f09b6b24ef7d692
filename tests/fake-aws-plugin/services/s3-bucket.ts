/** Buckets, and what they hold. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutBucketTaggingCommand,
  type BucketLocationConstraint,
  type S3Client,
} from "@aws-sdk/client-s3";

import { unlessMissing } from "../stored-resource";
import type { Region } from "../region";
import type { Invocation, ResourceType, Service } from "../resource-type";
import { asTags, asTagSet } from "./s3-bucket-settings";

const bucket: ResourceType = {
  inputs: { bucket: "replace", forceDestroy: "update" },
  computed: ["arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId"],
  named: { input: "bucket", lowerCase: true },
  tagged: true,

  async create(inputs, region) {
    const Bucket = inputs.bucket as string;
    const elsewhere = region.name !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: region.name as BucketLocationConstraint },
    };
    await region.s3.send(new CreateBucketCommand({ Bucket, ...elsewhere }));
    await tag(region.s3, Bucket, inputs.tagsAll);
    return { id: Bucket, outputs: { forceDestroy: false, ...inputs, ...described(Bucket, region) } };
  },

  async read(Bucket, region) {
    if (!(await unlessMissing(region.s3.send(new HeadBucketCommand({ Bucket }))))) return undefined;
    const tags = await unlessMissing(region.s3.send(new GetBucketTaggingCommand({ Bucket })));
    return { bucket: Bucket, tagsAll: asTags(tags?.TagSet), ...described(Bucket, region) };
  },

  async update(Bucket, inputs, region) {
    await tag(region.s3, Bucket, inputs.tagsAll);
    return { forceDestroy: false, ...inputs };
  },

  async delete(Bucket, { s3 }, { forceDestroy }) {
    if (forceDestroy) await empty(s3, Bucket);
    await unlessMissing(s3.send(new DeleteBucketCommand({ Bucket })));
  },
};

/** The keys, up to `maxKeys`. */
const getObjects: Invocation = async (args, { s3, name }) => {
  const {
    bucket: Bucket,
    prefix,
    delimiter,
    startAfter,
    maxKeys = 1000,
  } = args as unknown as {
    bucket: string;
    prefix?: string;
    delimiter?: string;
    startAfter?: string;
    maxKeys?: number;
  };
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  const request = { Bucket, Prefix: prefix, Delimiter: delimiter, StartAfter: startAfter };
  for await (const page of paginateListObjectsV2({ client: s3 }, request)) {
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    commonPrefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
    if (keys.length >= maxKeys) break;
  }
  return {
    ...args,
    id: Bucket,
    region: name,
    keys: keys.slice(0, maxKeys),
    commonPrefixes,
    owners: [],
    requestCharged: "",
  };
};

export const s3Bucket: Service = {
  resources: { "aws:s3/bucket:Bucket": bucket, "aws:s3/bucketV2:BucketV2": bucket },
  functions: { "aws:s3/getObjects:getObjects": getObjects },
};

const described = (name: string, region: Region) => ({
  arn: `arn:aws:s3:::${name}`,
  bucketDomainName: `${name}.s3.amazonaws.com`,
  bucketRegion: region.name,
  bucketRegionalDomainName: `${name}.s3.${region.name}.amazonaws.com`,
  hostedZoneId: "Z3AQBSTGFYJSTF",
});

async function tag(s3: S3Client, Bucket: string, tags: unknown): Promise<void> {
  const TagSet = asTagSet(tags);
  await (TagSet.length > 0
    ? s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
    : s3.send(new DeleteBucketTaggingCommand({ Bucket })));
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const listed = await unlessMissing(s3.send(new ListObjectsV2Command({ Bucket })));
    const Objects = (listed?.Contents ?? []).map(({ Key }) => ({ Key: Key! }));
    if (Objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}
