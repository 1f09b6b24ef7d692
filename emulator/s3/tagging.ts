import type { Answer, Call } from "./request";
import { receiveText } from "./body";
import { S3Error } from "./errors";
import type { Tag } from "./store";
import { document, group, tag, XmlElement } from "./xml";

/** The operations on tags of objects and of buckets. */

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

/** Tags of objects and of buckets. */

export const mostObjectTags = 10;
export const mostBucketTags = 50;

/** As the header `x-amz-tagging` has them: a query string. */
export function tagsInHeader(header: string | undefined): readonly Tag[] {
  if (!header) return [];
  return checked(
    [...new URLSearchParams(header)].map(([key, value]) => ({ key, value })),
    mostObjectTags,
  );
}

export function tagsInXml(text: string, most: number): readonly Tag[] {
  const set = XmlElement.read(text, "Tagging").first("TagSet");
  const tags = set?.all("Tag").map((one) => ({ key: one.need("Key"), value: one.need("Value") }));
  return checked(tags ?? [], most);
}

export const tagsToXml = (tags: readonly Tag[]): string =>
  document(
    "Tagging",
    group("TagSet", ...tags.map(({ key, value }) => group("Tag", tag("Key", key), tag("Value", value)))),
  );

function checked(tags: readonly Tag[], most: number): readonly Tag[] {
  if (tags.length > most) {
    throw new S3Error(
      "BadRequest",
      `${most === mostObjectTags ? "Object" : "Bucket"} tags cannot be greater than ${most}`,
    );
  }
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > 128)
      throw new S3Error("InvalidTag", "The TagKey you have provided is invalid");
    if (value.length > 256) throw new S3Error("InvalidTag", "The TagValue you have provided is invalid");
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
  }
  return tags;
}
