/** GetObject and HeadObject. */
import { validateHeaderValue } from "node:http";
import type { Answer, Call } from "./request";
import { readable } from "./archive";
import type { Checksum } from "./checksums";
import { checksumHeaders } from "./checksums";
import { failed, headerNames, readConditions } from "./conditions";
import { objectHeaders } from "./object-metadata";
import { invalidArgument, preconditionFailed, S3Error } from "./errors";
import { partRange, rangeIn } from "./range";
import type { Range } from "./range";
import type { StoredObject } from "./store";

/** Parameters that replace headers of the answer. */
const overrides = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

export function getObject(call: Call): Answer {
  refuseEncryption(call);
  const object = call.bucket.object(call.key);
  const headers = { ...objectHeaders(object), ...overridden(call) };
  const condition = failed(
    readConditions((name) => call.header(name)),
    object,
  );
  if (condition === "ifNoneMatch" || condition === "ifModifiedSince") {
    const { etag, "last-modified": lastModified, "cache-control": cacheControl, expires } = headers;
    return {
      status: 304,
      headers: { etag, "last-modified": lastModified, "cache-control": cacheControl, expires },
    };
  }
  if (condition) throw preconditionFailed(headerNames[condition]);
  const range = rangeOf(call, object);
  const { start, end } = range ?? { start: 0, end: object.content.size };
  const checksum = call.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ...(checksum ? checksumHeaders(checksumOf(call, object, range)) : {}),
      "content-length": end - start,
      "content-range": range && `bytes ${start}-${end - 1}/${object.content.size}`,
      "x-amz-mp-parts-count": call.query.has("partNumber") ? object.parts?.length : undefined,
    },
    body: call.request.method === "HEAD" ? undefined : readable(object).content.read(start, end),
  };
}

/** How an object is encrypted is said when it is written, and not again. */
function refuseEncryption(call: Call): void {
  const sse = "x-amz-server-side-encryption";
  for (const name of [sse, `${sse}-aws-kms-key-id`]) {
    const value = call.header(name);
    if (value === undefined) continue;
    throw invalidArgument(`${name} header is not supported for this operation.`, name, value);
  }
}

/** That of the whole, or of the part that was asked for; other ranges have none. */
function checksumOf(
  { query }: Call,
  { checksum, parts }: StoredObject,
  range: Range | undefined,
): Checksum | undefined {
  const value = parts?.[Number(query.get("partNumber")) - 1]?.checksum;
  if (checksum && value !== undefined) return { ...checksum, value };
  return range ? undefined : checksum;
}

function rangeOf({ query, request }: Call, object: StoredObject): Range | undefined {
  const part = query.get("partNumber");
  if (part === null) return rangeIn(request.headers.range, object.content.size);
  if (request.headers.range !== undefined) {
    throw new S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter");
  }
  const range = partRange(object, part);
  // An empty object has no bytes that a range could name.
  return range.start < range.end ? range : undefined;
}

function overridden({ query }: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of overrides) {
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
