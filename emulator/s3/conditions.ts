/** Conditional requests. */
import { preconditionFailed, noSuchKey } from "./errors";
import type { Bucket, StoredObject } from "./store";

/** The four conditional headers. */
export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
  readonly ifUnmodifiedSince?: string;
}

/** Called validators in HTTP. */
type Validators = Pick<StoredObject, "etag" | "lastModified">;

const etagMatches = (list: string, etag: string): boolean =>
  list.split(",").some((item) =>
    ["*", etag].includes(
      item
        .trim()
        .replace(/^W\//, "")
        .replace(/^"(.*)"$/, "$1"),
    ),
  );

/** Compares whole seconds, because dates in headers have no fractions. Returns undefined if the text is not a date. */
function changedSince(object: Validators, date: string | undefined): boolean | undefined {
  const since = Date.parse(date ?? "");
  return Number.isNaN(since) ? undefined : Math.floor(object.lastModified.getTime() / 1000) * 1000 > since;
}

/** Returns the first condition that does not hold. Entity tags take precedence over dates, as S3 documents. */
export function firstFailedCondition(
  conditions: Conditions,
  object: Validators,
): keyof Conditions | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!etagMatches(ifMatch, object.etag)) return "ifMatch";
  } else if (changedSince(object, ifUnmodifiedSince) === true) return "ifUnmodifiedSince";
  if (ifNoneMatch !== undefined) {
    if (etagMatches(ifNoneMatch, object.etag)) return "ifNoneMatch";
  } else if (changedSince(object, ifModifiedSince) === false) return "ifModifiedSince";
  return undefined;
}

export const conditionHeaders: Readonly<Record<keyof Conditions, string>> = {
  ifMatch: "If-Match",
  ifNoneMatch: "If-None-Match",
  ifModifiedSince: "If-Modified-Since",
  ifUnmodifiedSince: "If-Unmodified-Since",
};

/** Reads the conditions from headers whose names begin with `prefix`. */
export const readConditions = (header: (name: string) => string | undefined, prefix = ""): Conditions => ({
  ifMatch: header(`${prefix}if-match`),
  ifNoneMatch: header(`${prefix}if-none-match`),
  ifModifiedSince: header(`${prefix}if-modified-since`),
  ifUnmodifiedSince: header(`${prefix}if-unmodified-since`),
});

/** Throws unless the existing object, if any, meets the conditions of a write or a deletion. */
export function assertWriteConditions(
  { ifMatch, ifNoneMatch }: Pick<Conditions, "ifMatch" | "ifNoneMatch">,
  bucket: Bucket,
  key: string,
): void {
  const existing = bucket.objects.get(key);
  if (ifMatch !== undefined) {
    if (!existing) throw noSuchKey(key);
    if (!etagMatches(ifMatch, existing.etag)) throw preconditionFailed("If-Match");
  }
  if (ifNoneMatch !== undefined && existing && etagMatches(ifNoneMatch, existing.etag)) {
    throw preconditionFailed("If-None-Match");
  }
}
