/** ListObjectsV2, ListObjects and ListObjectVersions. */
import type { Answer, Call } from "./request";
import { invalidArgument } from "./errors";
import { ownerTags } from "./owner";
import type { Selection } from "./paging";
import { list, readEncoding, readMost } from "./paging";
import type { StoredObject } from "./store";
import { document, group, tag } from "./xml";

export const listObjects = (call: Call): Answer =>
  call.query.get("list-type") === "2" ? listV2(call) : listV1(call);

function listV2(call: Call): Answer {
  const { bucket, query } = call;
  const encoded = readEncoding(call);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const selection = readSelection(call, token === null ? startAfter : readToken(token));
  const { items, prefixes, next } = list(bucket.objects, selection);
  const withOwner = query.get("fetch-owner") === "true";
  return {
    body: document(
      "ListBucketResult",
      ...head(call, selection),
      tag("StartAfter", startAfter === "" ? undefined : encoded(startAfter)),
      tag("ContinuationToken", token ?? undefined),
      tag("KeyCount", items.length + prefixes.length),
      tag("IsTruncated", next !== undefined),
      tag("NextContinuationToken", next && tokenOf(next)),
      ...items.map((object) => contents(object, encoded, withOwner)),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

function listV1(call: Call): Answer {
  const { bucket, query } = call;
  const encoded = readEncoding(call);
  const marker = query.get("marker") ?? "";
  const selection = readSelection(call, marker);
  const { items, prefixes, next } = list(bucket.objects, selection);
  return {
    body: document(
      "ListBucketResult",
      ...head(call, selection),
      tag("Marker", encoded(marker)),
      tag("IsTruncated", next !== undefined),
      // Without a delimiter clients go on from the last key.
      tag("NextMarker", next !== undefined && selection.delimiter !== "" ? encoded(next) : undefined),
      ...items.map((object) => contents(object, encoded, true)),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

/** Nothing is kept but the newest version, whose id is null as wherever versioning was never turned on. */
export function listVersions(call: Call): Answer {
  const encoded = readEncoding(call);
  const marker = call.query.get("key-marker") ?? "";
  const selection = readSelection(call, marker);
  const { items, prefixes, next } = list(call.bucket.objects, selection);
  const version = tag("VersionId", "null") + tag("IsLatest", true);
  return {
    body: document(
      "ListVersionsResult",
      ...head(call, selection),
      tag("KeyMarker", encoded(marker)),
      tag("VersionIdMarker", call.query.get("version-id-marker") ?? ""),
      tag("NextKeyMarker", next && encoded(next)),
      tag("NextVersionIdMarker", next && "null"),
      tag("IsTruncated", next !== undefined),
      ...items.map((object) => group("Version", version, ...facts(object, encoded, true))),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

const readSelection = (call: Call, after: string): Selection => ({
  prefix: call.query.get("prefix") ?? "",
  delimiter: call.query.get("delimiter") ?? "",
  after,
  most: readMost(call, "max-keys"),
});

function head(call: Call, { prefix, delimiter, most }: Selection): string[] {
  const encoded = readEncoding(call);
  return [
    tag("Name", call.bucketName),
    tag("Prefix", encoded(prefix)),
    tag("Delimiter", delimiter === "" ? undefined : encoded(delimiter)),
    tag("MaxKeys", most),
    tag("EncodingType", call.query.get("encoding-type") ?? undefined),
  ];
}

const contents = (...of: Parameters<typeof facts>): string => group("Contents", ...facts(...of));

const facts = (object: StoredObject, encoded: (name: string) => string, withOwner: boolean): string[] => [
  tag("Key", encoded(object.key)),
  tag("LastModified", object.lastModified.toISOString()),
  tag("ETag", `"${object.etag}"`),
  tag("ChecksumAlgorithm", object.checksum?.algorithm),
  tag("ChecksumType", object.checksum?.type),
  tag("Size", object.content.size),
  withOwner ? ownerTags("Owner") : "",
  tag("StorageClass", object.storageClass),
];

const tokenOf = (place: string): string => Buffer.from(place).toString("base64url");

function readToken(token: string): string {
  const place = Buffer.from(token, "base64url").toString();
  if (place !== "" && tokenOf(place) === token) return place;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}
