import type { Answer, Call } from "./request";
import { invalidArgument } from "./errors";
import { ownerTags } from "./acl";
import type { Selection } from "./paging";
import { list, readEncoding, readMost, rolledUp } from "./paging";
import type { StoredObject, Upload } from "./store";
import { document, group, tag } from "./xml";
import { compareKeys } from "./sorted-map";

/** ListObjectsV2, ListObjects and ListObjectVersions. */

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

/** ListParts and ListMultipartUploads. */

export function listParts(call: Call): Answer {
  const { bucket, key, query } = call;
  const upload = bucket.upload(key, query.get("uploadId") ?? "");
  const marker = query.get("part-number-marker") ?? "0";
  if (!/^\d{1,5}$/.test(marker)) {
    throw invalidArgument("Provided part-number-marker is not an integer", "part-number-marker", marker);
  }
  const most = readMost(call, "max-parts");
  const behind = [...upload.parts.values()]
    .filter(({ number }) => number > Number(marker))
    .sort((one, other) => one.number - other.number);
  const parts = behind.slice(0, most);
  const { algorithm } = upload;
  return {
    body: document(
      "ListPartsResult",
      tag("Bucket", bucket.name),
      tag("Key", key),
      tag("UploadId", upload.id),
      ownerTags("Initiator"),
      ownerTags("Owner"),
      tag("StorageClass", upload.description.storageClass),
      tag("PartNumberMarker", marker),
      tag("NextPartNumberMarker", parts.at(-1)?.number),
      tag("MaxParts", most),
      tag("IsTruncated", parts.length < behind.length),
      tag("ChecksumAlgorithm", algorithm),
      tag("ChecksumType", upload.checksumType),
      ...parts.map(({ number, lastModified, etag, content, digest }) =>
        group(
          "Part",
          tag("PartNumber", number),
          tag("LastModified", lastModified.toISOString()),
          tag("ETag", `"${etag}"`),
          tag("Size", content.size),
          algorithm ? tag(`Checksum${algorithm}`, digest?.toString("base64")) : "",
        ),
      ),
    ),
  };
}

/** The unfinished uploads are few, so that each listing may look at all. */
export function listMultipartUploads(call: Call): Answer {
  const { bucket, query } = call;
  const encoded = readEncoding(call);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const most = readMost(call, "max-uploads");
  const uploads: Upload[] = [];
  const prefixes = new Set<string>();
  let next: { readonly key: string; readonly id: string } | undefined;
  let last = { key: keyMarker, id: idMarker };
  for (const upload of [...bucket.uploads.values()].sort(byKeyAndId)) {
    const { key, id } = upload;
    if (!key.startsWith(prefix) || !follows(upload, keyMarker, idMarker)) continue;
    const common = rolledUp(key, prefix, delimiter);
    if (common !== undefined && (prefixes.has(common) || common === keyMarker)) continue;
    if (uploads.length + prefixes.size === most) {
      if (most > 0) next = last;
      break;
    }
    if (common === undefined) uploads.push(upload);
    else prefixes.add(common);
    last = common === undefined ? { key, id } : { key: common, id: "" };
  }
  return {
    body: document(
      "ListMultipartUploadsResult",
      tag("Bucket", bucket.name),
      tag("KeyMarker", encoded(keyMarker)),
      tag("UploadIdMarker", idMarker),
      tag("NextKeyMarker", next && encoded(next.key)),
      tag("NextUploadIdMarker", next?.id),
      tag("Prefix", encoded(prefix)),
      tag("Delimiter", delimiter === "" ? undefined : encoded(delimiter)),
      tag("EncodingType", query.get("encoding-type") ?? undefined),
      tag("MaxUploads", most),
      tag("IsTruncated", next !== undefined),
      ...uploads.map((upload) => uploadTags(upload, encoded)),
      ...[...prefixes].map((one) => group("CommonPrefixes", tag("Prefix", encoded(one)))),
    ),
  };
}

const byKeyAndId = (one: Upload, other: Upload): number =>
  compareKeys(one.key, other.key) || compareKeys(one.id, other.id);

/** Without an upload's id, the marker stands for all uploads of its key. */
function follows({ key, id }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(id, idMarker) > 0);
}

const uploadTags = (upload: Upload, encoded: (name: string) => string): string =>
  group(
    "Upload",
    tag("Key", encoded(upload.key)),
    tag("UploadId", upload.id),
    ownerTags("Initiator"),
    ownerTags("Owner"),
    tag("StorageClass", upload.description.storageClass),
    tag("Initiated", upload.initiated.toISOString()),
    tag("ChecksumAlgorithm", upload.algorithm),
    tag("ChecksumType", upload.checksumType),
  );
