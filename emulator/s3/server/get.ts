/** GetObject and HeadObject. */
import { validateHeaderValue } from "node:http";
import type { Answer, Call } from "./call";
import { checksumHeaders } from "./checksums";
import { failed, headerNames, readConditions } from "./conditions";
import { objectHeaders } from "./description";
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
  // A checksum is that of the whole.
  const checksum = !range && call.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ...(checksum ? checksumHeaders(object.checksum) : {}),
      "content-length": end - start,
      "content-range": range && `bytes ${start}-${end - 1}/${object.content.size}`,
      "x-amz-mp-parts-count": call.query.has("partNumber") ? object.partSizes?.length : undefined,
    },
    body: call.request.method === "HEAD" ? undefined : object.content.read(start, end),
  };
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
