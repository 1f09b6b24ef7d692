import { createHash } from "node:crypto";

/** Which objects are meant, and whether they can be told apart once they are assets. */

/** An object of a bucket, as an import knows it. */
export interface S3Object {
  /** Key of the object, and the name of the asset that it becomes. */
  readonly key: string;
  /** As S3 gives it: another one means other bytes. Absent when nobody looked. */
  readonly etag?: string;
}

/** Source: Service Quotas, AWS Data Exchange. */
export const assetsPerRevision = 10_000;

/** Says what is wrong with a choice of objects, naming at most some of them; nothing when it is right. */
export function validateAssetNames(objects: readonly S3Object[], where: string): string | undefined {
  if (objects.length === 0)
    return `${where} holds no object that is meant; there would be nothing to import.`;
  if (objects.length > assetsPerRevision) {
    return `${where} holds ${objects.length} objects that are meant; a revision takes at most ${assetsPerRevision} assets.`;
  }
  const seen = new Map<string, string>();
  for (const { key } of objects) {
    const alike = seen.get(comparableName(key));
    if (alike === key) return `${where}: ${quoted(key)} is named twice; it would become two assets.`;
    if (alike !== undefined) {
      return `${where}: ${quoted(alike)} and ${quoted(key)} look alike, and nobody could tell their assets apart.`;
    }
    seen.set(comparableName(key), key);
  }
  return undefined;
}

/** What is left of a key for the eye: no invisible characters, no doubled slashes or spaces, one form of accents. */
export const comparableName = (key: string): string =>
  key
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Cc}]/gu, "")
    .replace(/\s+/g, " ")
    .replace(/\/+/g, "/")
    .replace(/^\/|\s+$/g, "");

const quoted = (key: string): string => JSON.stringify(key);

/** Names of children: readable, safe in URNs, URLs and file names, and as different as what they stand for. */

/** Longest part of a text that a name repeats; a hash stands for the rest. */
const longest = 60;

/** The text itself where it is short and safe, else what is readable of it and a hash of the whole. */
export function slug(text: string): string {
  const readable = text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, longest)
    .replace(/^-+|-+$/g, "");
  if (readable === text && text !== "") return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return readable === "" ? hash : `${readable}-${hash}`;
}
