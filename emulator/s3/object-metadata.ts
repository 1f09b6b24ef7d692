/** Reads an object's metadata from request headers, validates it and writes it to response headers. */
import { rejectAcl } from "./acl";
import { restoreHeaders } from "./archive";
import type { S3Request } from "./request";
import { assertHeader } from "./request";
import { S3Error, invalidArgument } from "./errors";
import type { Bucket, ObjectMetadata, Encryption, StoredObject } from "./store";
import { parseTagHeader } from "./tagging";

/** Headers that are stored with an object and returned with it, besides user metadata and `content-encoding`. */
const contentHeaders = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
];

const storageClasses = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];

const sse = "x-amz-server-side-encryption";
const algorithms = ["AES256", "aws:kms", "aws:kms:dsse"];

const storageClassHeader = "x-amz-storage-class";
const redirectHeader = "x-amz-website-redirect-location";

/** Headers of metadata that a copy takes only from its request. */
export const uncopiedHeaders = [sse, storageClassHeader, redirectHeader];

/** `copied` holds what a copy takes from its source instead of the request. */
export function readObjectMetadata(request: S3Request, copied: Partial<ObjectMetadata> = {}): ObjectMetadata {
  rejectAcl(request);
  return {
    headers: copied.headers ?? readStoredHeaders(request),
    encryption: readEncryption(request, request.bucket),
    storageClass: readStorageClass(request),
    tags: copied.tags ?? parseTagHeader(request.header("x-amz-tagging")),
    redirectLocation: readRedirectLocation(request),
  };
}

function readStoredHeaders(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of contentHeaders) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  // `aws-chunked` encodes this request only; other encodings belong to the object.
  const encoding = (request.header("content-encoding") ?? "")
    .replace(/(^|,)\s*aws-chunked\s*(?=,|$)/gi, "")
    .replace(/^[\s,]+/, "");
  if (encoding !== "") headers["content-encoding"] = encoding;
  headers["content-type"] ??= "binary/octet-stream";
  return { ...headers, ...readUserMetadata(request) };
}

function readStorageClass(request: S3Request): string {
  const given = request.header(storageClassHeader) ?? "STANDARD";
  if (storageClasses.includes(given)) return given;
  throw new S3Error("InvalidStorageClass", { StorageClassRequested: given });
}

/** Source: S3 API reference, "POST Object": a path or a URL of at most 2 KB. */
function readRedirectLocation(request: S3Request): string | undefined {
  const given = request.header(redirectHeader);
  if (given === undefined) return undefined;
  if (!/^(\/|https?:\/\/)/.test(given)) throw new S3Error("InvalidRedirectLocation");
  assertHeader(redirectHeader, given);
  if (given.length <= 2048) return given;
  // Code and message are unverified.
  throw new S3Error("InvalidRedirectLocation", { Message: "The website redirect location exceeds 2 KB." });
}

/** Returns the request's encryption or the bucket's default. */
function readEncryption(request: S3Request, bucket: Bucket): Encryption {
  if (request.header(`${sse}-customer-algorithm`) !== undefined) {
    throw new S3Error("NotImplemented", {
      Message: "This local S3 does not implement encryption with customer-provided keys (SSE-C).",
    });
  }
  const algorithm = request.header(sse);
  const keyId = request.header(`${sse}-aws-kms-key-id`);
  if (algorithm === undefined && keyId === undefined) return bucket.encryption;
  const bucketKey = request.header(`${sse}-bucket-key-enabled`)?.toLowerCase() === "true";
  return validateEncryption({ algorithm: algorithm ?? "", keyId, bucketKey });
}

export function validateEncryption({ algorithm, keyId, bucketKey }: Encryption): Encryption {
  if (!algorithms.includes(algorithm)) {
    throw invalidArgument("The encryption method specified is not supported", sse, algorithm);
  }
  if (algorithm === "AES256" && keyId !== undefined) {
    throw invalidArgument(
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${sse} : aws:kms`,
      sse,
      algorithm,
    );
  }
  if (keyId !== undefined) assertHeader(`${sse}-aws-kms-key-id`, keyId);
  return { algorithm, keyId, bucketKey: bucketKey && algorithm === "aws:kms" ? true : undefined };
}

export const encryptionHeaders = ({ algorithm, keyId, bucketKey }: Encryption): Record<string, string> => ({
  [sse]: algorithm,
  ...(keyId === undefined ? {} : { [`${sse}-aws-kms-key-id`]: keyId }),
  ...(bucketKey ? { [`${sse}-bucket-key-enabled`]: "true" } : {}),
});

/** Response headers of an object, except those that depend on the requested range. */
export const objectHeaders = (object: StoredObject): Record<string, string | undefined> => ({
  ...object.headers,
  ...restoreHeaders(object),
  ...encryptionHeaders(object.encryption),
  etag: `"${object.etag}"`,
  "last-modified": object.lastModified.toUTCString(),
  "accept-ranges": "bytes",
  [redirectHeader]: object.redirectLocation,
  // S3 omits the default class.
  [storageClassHeader]: object.storageClass === "STANDARD" ? undefined : object.storageClass,
  "x-amz-tagging-count": object.tags.length > 0 ? String(object.tags.length) : undefined,
});

const userMetadataPrefix = "x-amz-meta-";
const maxMetadataBytes = 2048;

/** Reads user metadata by header name, encoded for the response. */
function readUserMetadata({ message, query }: S3Request): Record<string, string> {
  const headers = Object.entries(message.headers).map(([name, value]) => [name, decodeHeader(String(value))]);
  const given = [...query, ...(headers as [string, string][])]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith(userMetadataPrefix));
  const size = given.reduce(
    (sum, [name, value]) => sum + name.length - userMetadataPrefix.length + Buffer.byteLength(value),
    0,
  );
  if (size > maxMetadataBytes) {
    throw new S3Error("MetadataTooLarge", { Size: size, MaxSizeAllowed: maxMetadataBytes });
  }
  // Clients send values in UTF-8, whose bytes allow any character except control characters.
  for (const [name, value] of given) assertHeader(name, Buffer.from(value).toString("latin1"));
  return Object.fromEntries(given.map(([name, value]) => [name, encodeHeader(value)]));
}

/** Node decodes headers as Latin-1; some clients send UTF-8. */
function decodeHeader(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** Encodes text beyond Latin-1 by RFC 2047, as S3 does. */
const encodeHeader = (value: string): string =>
  /^[\x20-\x7e\xa0-\xff\t]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
