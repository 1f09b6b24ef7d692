import type { S3Response, S3Request } from "./request";
import { invalidArgument } from "./errors";
import { ownerElement } from "./acl";
import type { PageSelection } from "./paging";
import { listPage, readKeyEncoder, readMaxCount, commonPrefix } from "./paging";
import type { StoredObject, Upload } from "./store";
import { document, group, tag } from "./xml";
import { compareKeys } from "./sorted-map";

/** ListObjectsV2, ListObjects and ListObjectVersions. */

export const listObjects = (request: S3Request): S3Response =>
  request.query.get("list-type") === "2" ? listV2(request) : listV1(request);

function listV2(request: S3Request): S3Response {
  const { bucket, query } = request;
  const encoded = readKeyEncoder(request);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const selection = readSelection(request, token === null ? startAfter : decodeToken(token));
  const { items, prefixes, next } = listPage(bucket.objects, selection);
  const withOwner = query.get("fetch-owner") === "true";
  return {
    body: document(
      "ListBucketResult",
      ...listingElements(request, selection),
      tag("StartAfter", startAfter === "" ? undefined : encoded(startAfter)),
      tag("ContinuationToken", token ?? undefined),
      tag("KeyCount", items.length + prefixes.length),
      tag("IsTruncated", next !== undefined),
      tag("NextContinuationToken", next && encodeToken(next)),
      ...items.map((object) => contentsElement(object, encoded, withOwner)),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

function listV1(request: S3Request): S3Response {
  const { bucket, query } = request;
  const encoded = readKeyEncoder(request);
  const marker = query.get("marker") ?? "";
  const selection = readSelection(request, marker);
  const { items, prefixes, next } = listPage(bucket.objects, selection);
  return {
    body: document(
      "ListBucketResult",
      ...listingElements(request, selection),
      tag("Marker", encoded(marker)),
      tag("IsTruncated", next !== undefined),
      // Without a delimiter clients go on from the last key.
      tag("NextMarker", next !== undefined && selection.delimiter !== "" ? encoded(next) : undefined),
      ...items.map((object) => contentsElement(object, encoded, true)),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

/** Nothing is kept but the newest version, whose id is null as wherever versioning was never turned on. */
export function listVersions(request: S3Request): S3Response {
  const encoded = readKeyEncoder(request);
  const marker = request.query.get("key-marker") ?? "";
  const selection = readSelection(request, marker);
  const { items, prefixes, next } = listPage(request.bucket.objects, selection);
  const version = tag("VersionId", "null") + tag("IsLatest", true);
  return {
    body: document(
      "ListVersionsResult",
      ...listingElements(request, selection),
      tag("KeyMarker", encoded(marker)),
      tag("VersionIdMarker", request.query.get("version-id-marker") ?? ""),
      tag("NextKeyMarker", next && encoded(next)),
      tag("NextVersionIdMarker", next && "null"),
      tag("IsTruncated", next !== undefined),
      ...items.map((object) => group("Version", version, ...objectElements(object, encoded, true))),
      ...prefixes.map((prefix) => group("CommonPrefixes", tag("Prefix", encoded(prefix)))),
    ),
  };
}

const readSelection = (request: S3Request, after: string): PageSelection => ({
  prefix: request.query.get("prefix") ?? "",
  delimiter: request.query.get("delimiter") ?? "",
  after,
  max: readMaxCount(request, "max-keys"),
});

function listingElements(request: S3Request, { prefix, delimiter, max }: PageSelection): string[] {
  const encoded = readKeyEncoder(request);
  return [
    tag("Name", request.bucketName),
    tag("Prefix", encoded(prefix)),
    tag("Delimiter", delimiter === "" ? undefined : encoded(delimiter)),
    tag("MaxKeys", max),
    tag("EncodingType", request.query.get("encoding-type") ?? undefined),
  ];
}

const contentsElement = (...of: Parameters<typeof objectElements>): string =>
  group("Contents", ...objectElements(...of));

const objectElements = (
  object: StoredObject,
  encoded: (name: string) => string,
  withOwner: boolean,
): string[] => [
  tag("Key", encoded(object.key)),
  tag("LastModified", object.lastModified.toISOString()),
  tag("ETag", `"${object.etag}"`),
  tag("ChecksumAlgorithm", object.checksum?.algorithm),
  tag("ChecksumType", object.checksum?.type),
  tag("Size", object.content.size),
  withOwner ? ownerElement("Owner") : "",
  tag("StorageClass", object.storageClass),
];

const encodeToken = (place: string): string => Buffer.from(place).toString("base64url");

function decodeToken(token: string): string {
  const place = Buffer.from(token, "base64url").toString();
  if (place !== "" && encodeToken(place) === token) return place;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

/** ListParts and ListMultipartUploads. */

export function listParts(request: S3Request): S3Response {
  const { bucket, key, query } = request;
  const upload = bucket.getUpload(key, query.get("uploadId") ?? "");
  const marker = query.get("part-number-marker") ?? "0";
  if (!/^\d{1,5}$/.test(marker)) {
    throw invalidArgument("Provided part-number-marker is not an integer", "part-number-marker", marker);
  }
  const max = readMaxCount(request, "max-parts");
  const behind = [...upload.parts.values()]
    .filter(({ number }) => number > Number(marker))
    .sort((one, other) => one.number - other.number);
  const parts = behind.slice(0, max);
  const { algorithm } = upload;
  return {
    body: document(
      "ListPartsResult",
      tag("Bucket", bucket.name),
      tag("Key", key),
      tag("UploadId", upload.id),
      ownerElement("Initiator"),
      ownerElement("Owner"),
      tag("StorageClass", upload.metadata.storageClass),
      tag("PartNumberMarker", marker),
      tag("NextPartNumberMarker", parts.at(-1)?.number),
      tag("MaxParts", max),
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
export function listMultipartUploads(request: S3Request): S3Response {
  const { bucket, query } = request;
  const encoded = readKeyEncoder(request);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const max = readMaxCount(request, "max-uploads");
  const uploads: Upload[] = [];
  const prefixes = new Set<string>();
  let next: { readonly key: string; readonly id: string } | undefined;
  let last = { key: keyMarker, id: idMarker };
  for (const upload of [...bucket.uploads.values()].sort(compareUploads)) {
    const { key, id } = upload;
    if (!key.startsWith(prefix) || !isAfterMarker(upload, keyMarker, idMarker)) continue;
    const common = commonPrefix(key, prefix, delimiter);
    if (common !== undefined && (prefixes.has(common) || common === keyMarker)) continue;
    if (uploads.length + prefixes.size === max) {
      if (max > 0) next = last;
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
      tag("MaxUploads", max),
      tag("IsTruncated", next !== undefined),
      ...uploads.map((upload) => uploadElement(upload, encoded)),
      ...[...prefixes].map((one) => group("CommonPrefixes", tag("Prefix", encoded(one)))),
    ),
  };
}

const compareUploads = (one: Upload, other: Upload): number =>
  compareKeys(one.key, other.key) || compareKeys(one.id, other.id);

/** Without an upload's id, the marker stands for all uploads of its key. */
function isAfterMarker({ key, id }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(id, idMarker) > 0);
}

const uploadElement = (upload: Upload, encoded: (name: string) => string): string =>
  group(
    "Upload",
    tag("Key", encoded(upload.key)),
    tag("UploadId", upload.id),
    ownerElement("Initiator"),
    ownerElement("Owner"),
    tag("StorageClass", upload.metadata.storageClass),
    tag("Initiated", upload.initiated.toISOString()),
    tag("ChecksumAlgorithm", upload.algorithm),
    tag("ChecksumType", upload.checksumType),
  );
