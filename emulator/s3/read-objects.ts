/** GetObject, HeadObject and GetObjectAttributes. */
import type { S3Response, S3Request } from "./request";
import { assertHeader } from "./request";
import { assertReadable } from "./archive";
import type { Checksum } from "./checksums";
import { checksumHeaders, checksumElements } from "./checksums";
import { firstFailedCondition, conditionHeaders, readConditions } from "./conditions";
import { objectHeaders } from "./object-metadata";
import { S3Error, invalidArgument, preconditionFailed } from "./errors";
import type { StoredObject } from "./store";
import { parseMaxCount } from "./paging";
import type { XmlValue } from "./xml";
import { document } from "./xml";

/** Response headers that `response-*` parameters can replace. */
const overridableHeaders = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

export function getObject(request: S3Request): S3Response {
  rejectEncryptionHeaders(request);
  const object = request.bucket.getObject(request.key);
  const headers = { ...objectHeaders(object), ...readOverrides(request) };
  const condition = firstFailedCondition(
    readConditions((name) => request.header(name)),
    object,
  );
  if (condition === "ifNoneMatch" || condition === "ifModifiedSince") {
    const { etag, "last-modified": lastModified, "cache-control": cacheControl, expires } = headers;
    return {
      status: 304,
      headers: { etag, "last-modified": lastModified, "cache-control": cacheControl, expires },
    };
  }
  if (condition) throw preconditionFailed(conditionHeaders[condition]);
  const range = readRange(request, object);
  const { start, end } = range ?? { start: 0, end: object.content.size };
  const checksum = request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ...(checksum ? checksumHeaders(findChecksum(request, object, range)) : {}),
      "content-length": end - start,
      "content-range": range && `bytes ${start}-${end - 1}/${object.content.size}`,
      "x-amz-mp-parts-count": request.query.has("partNumber") ? object.parts?.length : undefined,
    },
    body: request.message.method === "HEAD" ? undefined : assertReadable(object).content.read(start, end),
  };
}

/** Encryption headers are allowed on writes only. */
function rejectEncryptionHeaders(request: S3Request): void {
  const sse = "x-amz-server-side-encryption";
  for (const name of [sse, `${sse}-aws-kms-key-id`]) {
    const value = request.header(name);
    if (value === undefined) continue;
    throw invalidArgument(`${name} header is not supported for this operation.`, name, value);
  }
}

/** Returns the checksum of the object or of the requested part; other ranges have no checksum. */
function findChecksum(
  { query }: S3Request,
  { checksum, parts }: StoredObject,
  range: Range | undefined,
): Checksum | undefined {
  const value = parts?.[Number(query.get("partNumber")) - 1]?.checksum;
  if (checksum && value !== undefined) return { ...checksum, value };
  return range ? undefined : checksum;
}

function readRange({ query, message }: S3Request, object: StoredObject): Range | undefined {
  const part = query.get("partNumber");
  if (part === null) return parseRange(message.headers.range, object.content.size);
  if (message.headers.range !== undefined) {
    throw new S3Error("InvalidRequest", {
      Message: "Cannot specify both Range header and partNumber query parameter",
    });
  }
  const range = partRange(object, part);
  // An empty object has no range.
  return range.start < range.end ? range : undefined;
}

function readOverrides({ query }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of overridableHeaders) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    assertHeader(`response-${name}`, value);
    headers[name] = value;
  }
  return headers;
}

/** Bytes from `start` up to and excluding `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Parses a single range of bytes. Returns undefined for any other header, because S3 then returns the whole object. */
export function parseRange(header: string | undefined, size: number): Range | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start < end) return { start, end };
  throw new S3Error(
    "InvalidRange",
    { RangeRequested: header!, ActualObjectSize: size },
    { "content-range": `bytes */${size}` },
  );
}

/** Returns the range of an uploaded part. An object uploaded whole has one part. */
function partRange({ content, parts = [content] }: StoredObject, given: string): Range {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      given,
    );
  }
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error("InvalidPartNumber", { PartNumberRequested: number, ActualPartCount: parts.length });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size };
}

/** Elements of GetObjectAttributes by name. */
const attributes: Readonly<Record<string, (object: StoredObject, request: S3Request) => XmlValue>> = {
  ETag: ({ etag }) => etag,
  Checksum: ({ checksum }) => checksum && checksumElements(checksum),
  ObjectParts: describeParts,
  StorageClass: ({ storageClass }) => storageClass,
  ObjectSize: ({ content }) => content.size,
};

export function getObjectAttributes(request: S3Request): S3Response {
  const object = request.bucket.getObject(request.key);
  const header = "x-amz-object-attributes";
  const names = (request.header(header) ?? "").split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(attributes, name));
  if (unknown !== undefined) throw invalidArgument("Invalid attribute name specified.", header, unknown);
  const requested = Object.entries(attributes).filter(([name]) => names.includes(name));
  const members = Object.fromEntries(requested.map(([name, describe]) => [name, describe(object, request)]));
  return {
    headers: { "last-modified": object.lastModified.toUTCString() },
    body: document("GetObjectAttributesResponse", members),
  };
}

function describeParts({ parts: all, checksum: objectChecksum }: StoredObject, request: S3Request): XmlValue {
  if (!all) return undefined;
  const max = parseMaxCount(request.header("x-amz-max-parts"), "x-amz-max-parts");
  const marker = Number(request.header("x-amz-part-number-marker") ?? 0) || 0;
  const parts = all.slice(marker, marker + max);
  return {
    PartsCount: all.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: marker + parts.length,
    MaxParts: max,
    IsTruncated: marker + parts.length < all.length,
    Part: parts.map(({ size, checksum }, index) => ({
      PartNumber: marker + index + 1,
      Size: size,
      ...(objectChecksum && { [`Checksum${objectChecksum.algorithm}`]: checksum }),
    })),
  };
}
