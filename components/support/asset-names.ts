/** Names of assets, and names of resources that are derived from them. */
import { createHash } from "node:crypto";

import { InputError } from "../../lib/input-error";

/** An object of a bucket to import. */
export interface S3Object {
  /** Key of the object, and name of its asset. */
  readonly key: string;
  /** ETag as S3 returns it, which changes with the content. Absent if the bucket was not listed. */
  readonly etag?: string;
}

/** Source: Service Quotas, AWS Data Exchange. */
export const assetsPerRevision = 10_000;

/**
 * Checks that a revision can contain assets with these names, and that people can distinguish them.
 *
 * @param where Origin of the names, such as `s3://bucket/prefix`.
 */
export function validateAssetNames(names: readonly string[], where: string): InputError | undefined {
  if (names.length > assetsPerRevision) {
    return new InputError(
      "too-many-assets",
      `${where}: ${names.length} assets are too many for a revision, which holds at most ${assetsPerRevision}.`,
    );
  }
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(comparableName(name));
    if (other === name) {
      return new InputError(
        "duplicate-asset-name",
        `${where}: ${JSON.stringify(name)} appears twice and would become two assets.`,
      );
    }
    if (other !== undefined) {
      return new InputError(
        "similar-asset-names",
        `${where}: ${JSON.stringify(other)} and ${JSON.stringify(name)} look the same, so subscribers cannot distinguish their assets.`,
      );
    }
    seen.set(comparableName(name), name);
  }
  return undefined;
}

/** The visible form of a name: without invisible characters and doubled slashes or spaces, and with one form of accents. */
const comparableName = (name: string): string =>
  name
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Cc}]/gu, "")
    .replace(/\s+/g, " ")
    .replace(/\/+/g, "/")
    .replace(/^\/|\s+$/g, "");

/** Maximum length of a text in a resource name. A longer text is cut and followed by its hash. */
const maxReadableLength = 60;

/** A resource name that is safe in URNs, URLs and file names: the text itself if possible, otherwise a part of it and a hash. */
export function slug(text: string): string {
  const readable = text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, maxReadableLength)
    .replace(/^-+|-+$/g, "");
  if (readable === text && text !== "") return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return readable === "" ? hash : `${readable}-${hash}`;
}
