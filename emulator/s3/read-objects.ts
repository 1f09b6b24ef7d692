import { validateHeaderValue } from "node:http";
import type { S3Response, S3Request } from "./request";
import { assertReadable } from "./archive";
import type { Checksum } from "./checksums";
import { checksumHeaders, checksumElements } from "./checksums";
import { firstFailedCondition, conditionHeaders, readConditions } from "./conditions";
import { objectHeaders } from "./object-metadata";
import { S3Error, invalidArgument, preconditionFailed } from "./errors";
import type { StoredObject } from "./store";
import { parseMaxCount } from "./paging";
import { document, group, tag } from "./xml";

/** GetObject and HeadObject. */

/** Parameters that replace headers of the answer. */
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

/** How an object is encrypted is said when it is written, and not again. */
function rejectEncryptionHeaders(request: S3Request): void {
  const sse = "x-amz-server-side-encryption";
  for (const name of [sse, `${sse}-aws-kms-key-id`]) {
    const value = request.header(name);
    if (value === undefined) continue;
    throw invalidArgument(`${name} header is not supported for this operation.`, name, value);
  }
}

/** That of the whole, or of the part that was asked for; other ranges have none. */
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
  // An empty object has no bytes that a range could name.
  return range.start < range.end ? range : undefined;
}

function readOverrides({ query }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of overridableHeaders) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    try {
      validateHeaderValue(name, value);
    } catch {
      throw invalidArgument("The value cannot be sent as a header.", `response-${name}`, value);
    }
    headers[name] = value;
  }
  return headers;
}

/** The part of an object that a request is for. */

/** From `start` up to, but not with, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Nothing when the header names no single range of bytes: then S3 gives the whole. */
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

/** The bytes that came as one part of an upload. An object that came whole has the one part. */
export function partRange({ content, parts = [content] }: StoredObject, given: string): Range {
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

/** GetObjectAttributes: what is known of an object, as far as it is asked for. */

const attributeElements: Readonly<Record<string, (object: StoredObject, request: S3Request) => string>> = {
  ETag: ({ etag }) => tag("ETag", etag),
  Checksum: ({ checksum }) => (checksum ? group("Checksum", checksumElements(checksum)) : ""),
  ObjectParts: objectPartsElement,
  StorageClass: ({ storageClass }) => tag("StorageClass", storageClass),
  ObjectSize: ({ content }) => tag("ObjectSize", content.size),
};

export function getObjectAttributes(request: S3Request): S3Response {
  const object = request.bucket.getObject(request.key);
  const header = "x-amz-object-attributes";
  const asked = (request.header(header) ?? "").split(",").map((name) => name.trim());
  const stray = asked.find((name) => !Object.hasOwn(attributeElements, name));
  if (stray !== undefined) throw invalidArgument("Invalid attribute name specified.", header, stray);
  const told = Object.entries(attributeElements).filter(([name]) => asked.includes(name));
  return {
    headers: { "last-modified": object.lastModified.toUTCString() },
    body: document("GetObjectAttributesResponse", ...told.map(([, tell]) => tell(object, request))),
  };
}

/** Of an object that was uploaded in parts. */
function objectPartsElement({ parts: made, checksum: whole }: StoredObject, request: S3Request): string {
  if (!made) return "";
  const max = parseMaxCount(request.header("x-amz-max-parts"), "x-amz-max-parts");
  const marker = Number(request.header("x-amz-part-number-marker") ?? 0) || 0;
  const all = made.map((part, index) => ({ ...part, number: index + 1 }));
  const behind = all.filter(({ number }) => number > marker);
  const parts = behind.slice(0, max);
  return group(
    "ObjectParts",
    tag("PartsCount", all.length),
    tag("PartNumberMarker", marker),
    tag("NextPartNumberMarker", parts.at(-1)?.number ?? marker),
    tag("MaxParts", max),
    tag("IsTruncated", parts.length < behind.length),
    ...parts.map(({ number, size, checksum }) =>
      group(
        "Part",
        tag("PartNumber", number),
        tag("Size", size),
        whole ? tag(`Checksum${whole.algorithm}`, checksum) : "",
      ),
    ),
  );
}
