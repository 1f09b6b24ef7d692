/** Buckets themselves. */
import { isBucketName } from "./names";
import { ownerTags, refuseBucketAcl } from "./acl";
import type { Answer, Call } from "./request";
import { receiveText } from "./body";
import { S3Error } from "./errors";
import { list, readMost } from "./paging";
import { Bucket } from "./store";
import { document, escaped, group, tag, XmlElement } from "./xml";

const home = "us-east-1";

export function listBuckets(call: Call): Answer {
  const { query, store } = call;
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const most = query.has("max-buckets") ? readMost(call, "max-buckets") : Infinity;
  const { items, next } = list(store.buckets, { prefix, delimiter: "", after, most });
  const buckets = items.map(({ name, created, region }) =>
    group(
      "Bucket",
      tag("Name", name),
      tag("CreationDate", created.toISOString()),
      tag("BucketRegion", region ?? home),
    ),
  );
  return {
    body: document(
      "ListAllMyBucketsResult",
      ownerTags("Owner"),
      group("Buckets", ...buckets),
      tag("ContinuationToken", next),
      tag("Prefix", prefix === "" ? undefined : prefix),
    ),
  };
}

export async function createBucket(call: Call): Promise<Answer> {
  const { bucketName: name, store } = call;
  if (!isBucketName(name)) {
    throw new S3Error("InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
  refuseBucketAcl(call);
  const text = await receiveText(call);
  const configuration = text === "" ? undefined : XmlElement.read(text, "CreateBucketConfiguration");
  const region = configuration?.text("LocationConstraint") || undefined;
  const there = store.find(name);
  // Only the oldest region lets an owner make a bucket twice.
  if (there && (there.region !== undefined || region !== undefined)) {
    throw new S3Error(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: name },
    );
  }
  if (!there) store.add(new Bucket(name, region));
  return { headers: { location: `/${name}` } };
}

export const headBucket = ({ bucket }: Call): Answer => ({
  headers: { "x-amz-bucket-region": bucket.region ?? home, "x-amz-access-point-alias": "false" },
});

export function deleteBucket({ bucket, store }: Call): Answer {
  if (bucket.objects.size > 0) {
    throw new S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", {
      BucketName: bucket.name,
    });
  }
  for (const upload of bucket.uploads.values()) bucket.end(upload);
  store.buckets.delete(bucket.name);
  return { status: 204 };
}

export const getBucketLocation = ({ bucket }: Call): Answer => ({
  // The root itself holds the name, or nothing for us-east-1.
  body: document("LocationConstraint", escaped(bucket.region ?? "")),
});
