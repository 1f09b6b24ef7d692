/** Listings of a bucket's objects, versions and multipart uploads, and of an upload's parts. */
import type { XmlMembers } from "./xml";
import { owner } from "./acl";
import { invalidArgument } from "./errors";
import type { Page, PageSelection } from "./paging";
import { listPage, readKeyEncoder, readMaxCount, commonPrefix } from "./paging";
import type { S3Request, S3Response } from "./request";
import { compareKeys } from "./sorted-map";
import type { StoredObject, Upload } from "./store";
import { document } from "./xml";

export const listObjects = (request: S3Request): S3Response =>
  request.query.get("list-type") === "2" ? listV2(request) : listV1(request);

function listV2(request: S3Request): S3Response {
  const { query } = request;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const withOwner = query.get("fetch-owner") === "true";
  return listKeys(request, token === null ? startAfter : decodeToken(token), ({ page, encode }) => [
    "ListBucketResult",
    {
      StartAfter: startAfter === "" ? undefined : encode(startAfter),
      ContinuationToken: token ?? undefined,
      KeyCount: page.items.length + page.prefixes.length,
      NextContinuationToken: page.next && encodeToken(page.next),
      Contents: page.items.map((object) => describeObject(object, encode, withOwner)),
    },
  ]);
}

function listV1(request: S3Request): S3Response {
  const marker = request.query.get("marker") ?? "";
  return listKeys(request, marker, ({ page, selection, encode }) => [
    "ListBucketResult",
    {
      Marker: encode(marker),
      // Without a delimiter, clients continue after the last key.
      NextMarker: page.next !== undefined && selection.delimiter !== "" ? encode(page.next) : undefined,
      Contents: page.items.map((object) => describeObject(object, encode, true)),
    },
  ]);
}

/** Only the newest version is stored. Its id is null, as in every bucket without versioning. */
export function listVersions(request: S3Request): S3Response {
  const marker = request.query.get("key-marker") ?? "";
  return listKeys(request, marker, ({ page, encode }) => [
    "ListVersionsResult",
    {
      KeyMarker: encode(marker),
      VersionIdMarker: request.query.get("version-id-marker") ?? "",
      NextKeyMarker: page.next && encode(page.next),
      NextVersionIdMarker: page.next && "null",
      Version: page.items.map((object) => ({
        VersionId: "null",
        IsLatest: true,
        ...describeObject(object, encode, true),
      })),
    },
  ]);
}

interface ListedKeys {
  readonly page: Page<StoredObject>;
  readonly selection: PageSelection;
  readonly encode: KeyEncoder;
}

type KeyEncoder = (key: string) => string;

/** Lists a page of the keys after `after`. `describe` returns the elements in which the operations differ. */
function listKeys(
  request: S3Request,
  after: string,
  describe: (listed: ListedKeys) => readonly [root: string, members: XmlMembers],
): S3Response {
  const { bucket, query } = request;
  const encode = readKeyEncoder(request);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const selection = { prefix, delimiter, after, max: readMaxCount(request, "max-keys") };
  const page = listPage(bucket.objects, selection);
  const [root, members] = describe({ page, selection, encode });
  return {
    body: document(root, {
      Name: bucket.name,
      Prefix: encode(prefix),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      MaxKeys: selection.max,
      EncodingType: query.get("encoding-type") ?? undefined,
      IsTruncated: page.next !== undefined,
      ...members,
      CommonPrefixes: page.prefixes.map((common) => ({ Prefix: encode(common) })),
    }),
  };
}

const describeObject = (object: StoredObject, encode: KeyEncoder, withOwner: boolean): XmlMembers => ({
  Key: encode(object.key),
  LastModified: object.lastModified.toISOString(),
  ETag: `"${object.etag}"`,
  ChecksumAlgorithm: object.checksum?.algorithm,
  ChecksumType: object.checksum?.type,
  Size: object.content.size,
  Owner: withOwner ? owner : undefined,
  StorageClass: object.storageClass,
});

const encodeToken = (key: string): string => Buffer.from(key).toString("base64url");

function decodeToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key !== "" && encodeToken(key) === token) return key;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

export function listParts(request: S3Request): S3Response {
  const { bucket, key, query } = request;
  const upload = bucket.getUpload(key, query.get("uploadId") ?? "");
  const marker = query.get("part-number-marker") ?? "0";
  if (!/^\d{1,5}$/.test(marker)) {
    throw invalidArgument("Provided part-number-marker is not an integer", "part-number-marker", marker);
  }
  const max = readMaxCount(request, "max-parts");
  const following = [...upload.parts.values()]
    .filter(({ number }) => number > Number(marker))
    .sort((one, other) => one.number - other.number);
  const parts = following.slice(0, max);
  return {
    body: document("ListPartsResult", {
      Bucket: bucket.name,
      ...describeUpload(upload, (name) => name),
      PartNumberMarker: marker,
      NextPartNumberMarker: parts.at(-1)?.number,
      MaxParts: max,
      IsTruncated: parts.length < following.length,
      Part: parts.map(({ number, lastModified, etag, content, digest }) => ({
        PartNumber: number,
        LastModified: lastModified.toISOString(),
        ETag: `"${etag}"`,
        Size: content.size,
        ...(upload.algorithm && { [`Checksum${upload.algorithm}`]: digest?.toString("base64") }),
      })),
    }),
  };
}

/** Each listing visits all unfinished uploads, because there are few. */
export function listMultipartUploads(request: S3Request): S3Response {
  const { bucket, query } = request;
  const encode = readKeyEncoder(request);
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
    body: document("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: next && encode(next.key),
      NextUploadIdMarker: next?.id,
      Prefix: encode(prefix),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      EncodingType: query.get("encoding-type") ?? undefined,
      MaxUploads: max,
      IsTruncated: next !== undefined,
      Upload: uploads.map((upload) => ({
        ...describeUpload(upload, encode),
        Initiated: upload.initiated.toISOString(),
      })),
      CommonPrefixes: [...prefixes].map((common) => ({ Prefix: encode(common) })),
    }),
  };
}

const compareUploads = (one: Upload, other: Upload): number =>
  compareKeys(one.key, other.key) || compareKeys(one.id, other.id);

/** A key marker without an upload id skips all uploads of its key. */
function isAfterMarker({ key, id }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(id, idMarker) > 0);
}

const describeUpload = (upload: Upload, encode: KeyEncoder): XmlMembers => ({
  Key: encode(upload.key),
  UploadId: upload.id,
  Initiator: owner,
  Owner: owner,
  StorageClass: upload.metadata.storageClass,
  ChecksumAlgorithm: upload.algorithm,
  ChecksumType: upload.checksumType,
});
