/** ListBuckets, CreateBucket, HeadBucket, DeleteBucket and GetBucketLocation. */
import { isIPv4 } from "node:net";
import { owner, rejectBucketAcl } from "./acl";
import type { S3Response, S3Request } from "./request";
import { assertHeader } from "./request";
import { receiveDocument } from "./receive-body";
import { S3Error } from "./errors";
import { listPage, readMaxCount } from "./paging";
import { Bucket } from "./store";
import { document, XmlElement } from "./xml";

const defaultRegion = "us-east-1";

/**
 * Source: S3 user guide, rules for the names of buckets. Each label between periods begins and ends with a letter or a
 * number, as in host names; some prefixes and suffixes are reserved.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9.-]{3,63}$/.test(name) &&
  name.split(".").every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) &&
  !/^(xn--|sthree-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name) &&
  !isIPv4(name);

export function listBuckets(request: S3Request): S3Response {
  const { query, store } = request;
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const max = query.has("max-buckets") ? readMaxCount(request, "max-buckets") : Infinity;
  const { items, next } = listPage(store.buckets, { prefix, delimiter: "", after, max });
  return {
    body: document("ListAllMyBucketsResult", {
      Owner: owner,
      Buckets: {
        Bucket: items.map(({ name, created, region }) => ({
          Name: name,
          CreationDate: created.toISOString(),
          BucketRegion: region ?? defaultRegion,
        })),
      },
      ContinuationToken: next,
      Prefix: prefix === "" ? undefined : prefix,
    }),
  };
}

export async function createBucket(request: S3Request): Promise<S3Response> {
  const { bucketName: name, store } = request;
  if (!isBucketName(name)) {
    throw new S3Error("InvalidBucketName", { BucketName: name });
  }
  rejectBucketAcl(request);
  const text = await receiveDocument(request);
  const configuration = text === "" ? undefined : XmlElement.read(text, "CreateBucketConfiguration");
  const region = configuration?.text("LocationConstraint") || undefined;
  // HeadBucket returns the region as a header.
  assertHeader("LocationConstraint", region ?? "");
  const existing = store.findBucket(name);
  // Only us-east-1 allows an owner to create a bucket twice.
  if (existing && (existing.region !== undefined || region !== undefined)) {
    throw new S3Error("BucketAlreadyOwnedByYou", { BucketName: name });
  }
  if (!existing) store.addBucket(new Bucket(name, region));
  return { headers: { location: `/${name}` } };
}

export const headBucket = ({ bucket }: S3Request): S3Response => ({
  headers: { "x-amz-bucket-region": bucket.region ?? defaultRegion, "x-amz-access-point-alias": "false" },
});

export function deleteBucket({ bucket, store }: S3Request): S3Response {
  if (bucket.objects.size > 0) throw new S3Error("BucketNotEmpty", { BucketName: bucket.name });
  for (const upload of bucket.uploads.values()) bucket.removeUpload(upload);
  store.buckets.delete(bucket.name);
  return { status: 204 };
}

export const getBucketLocation = ({ bucket }: S3Request): S3Response => ({
  // The root element contains the region's name, or nothing for us-east-1.
  body: document("LocationConstraint", { "#text": bucket.region ?? "" }),
});
