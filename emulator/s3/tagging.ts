/** The operations on tags of objects and of buckets. */
import type { Answer, Call } from "./request";
import { receiveText } from "./body";
import { S3Error } from "./errors";
import { mostBucketTags, mostObjectTags, tagsInXml, tagsToXml } from "./tags";

export const getObjectTagging = ({ bucket, key }: Call): Answer => ({
  body: tagsToXml(bucket.object(key).tags),
});

export async function putObjectTagging(call: Call): Promise<Answer> {
  const tags = tagsInXml(await receiveText(call), mostObjectTags);
  // The object keeps its content, which `put` would let go.
  call.bucket.objects.set(call.key, { ...call.bucket.object(call.key), tags });
  return {};
}

export function deleteObjectTagging({ bucket, key }: Call): Answer {
  bucket.objects.set(key, { ...bucket.object(key), tags: [] });
  return { status: 204 };
}

export function getBucketTagging({ bucket }: Call): Answer {
  if (!bucket.tags)
    throw new S3Error("NoSuchTagSet", "The TagSet does not exist", { BucketName: bucket.name });
  return { body: tagsToXml(bucket.tags) };
}

export async function putBucketTagging(call: Call): Promise<Answer> {
  call.bucket.tags = tagsInXml(await receiveText(call), mostBucketTags);
  return { status: 204 };
}

export function deleteBucketTagging({ bucket }: Call): Answer {
  bucket.tags = undefined;
  return { status: 204 };
}
