/** Tags of objects and buckets. */
import type { S3Response, S3Request } from "./request";
import { receiveDocument } from "./receive-body";
import { S3Error } from "./errors";
import type { Tag } from "./store";
import { document, XmlElement } from "./xml";

export const getObjectTagging = ({ bucket, key }: S3Request): S3Response => ({
  body: taggingDocument(bucket.getObject(key).tags),
});

export async function putObjectTagging(request: S3Request): Promise<S3Response> {
  const tags = parseTagging(await receiveDocument(request), maxObjectTags);
  // Does not call `putObject`, because that would release the object's content.
  request.bucket.objects.set(request.key, { ...request.bucket.getObject(request.key), tags });
  return {};
}

export function deleteObjectTagging({ bucket, key }: S3Request): S3Response {
  bucket.objects.set(key, { ...bucket.getObject(key), tags: [] });
  return { status: 204 };
}

export function getBucketTagging({ bucket }: S3Request): S3Response {
  if (!bucket.tags) throw new S3Error("NoSuchTagSet", { BucketName: bucket.name });
  return { body: taggingDocument(bucket.tags) };
}

export async function putBucketTagging(request: S3Request): Promise<S3Response> {
  request.bucket.tags = parseTagging(await receiveDocument(request), maxBucketTags);
  return { status: 204 };
}

export function deleteBucketTagging({ bucket }: S3Request): S3Response {
  bucket.tags = undefined;
  return { status: 204 };
}

const maxObjectTags = 10;
const maxBucketTags = 50;

/** Parses the header `x-amz-tagging`, which is a query string. */
export function parseTagHeader(header: string | undefined): readonly Tag[] {
  if (!header) return [];
  return validateTags(
    [...new URLSearchParams(header)].map(([key, value]) => ({ key, value })),
    maxObjectTags,
  );
}

function parseTagging(text: string, max: number): readonly Tag[] {
  const set = XmlElement.read(text, "Tagging").first("TagSet");
  const tags = set
    ?.all("Tag")
    .map((tag) => ({ key: tag.requireText("Key"), value: tag.requireText("Value") }));
  return validateTags(tags ?? [], max);
}

const taggingDocument = (tags: readonly Tag[]): string =>
  document("Tagging", { TagSet: { Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) } });

function validateTags(tags: readonly Tag[], max: number): readonly Tag[] {
  if (tags.length > max) {
    throw new S3Error("BadRequest", {
      Message: `${max === maxObjectTags ? "Object" : "Bucket"} tags cannot be greater than ${max}`,
    });
  }
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > 128) throw new S3Error("InvalidTag");
    if (value.length > 256)
      throw new S3Error("InvalidTag", { Message: "The TagValue you have provided is invalid" });
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new S3Error("InvalidTag", { Message: "Cannot provide multiple Tags with the same key" });
  }
  return tags;
}
