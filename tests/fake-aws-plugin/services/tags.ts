/** Tags, as S3 writes them. */
import type { Tag } from "@aws-sdk/client-s3";

export const asTags = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]));

export const asTagSet = (tags: unknown): Required<Tag>[] =>
  Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
