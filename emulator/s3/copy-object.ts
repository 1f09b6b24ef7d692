/** CopyObject. Bytes are not copied, because the new object shares the files. */
import type { S3Response, S3Request } from "./request";
import { tryDecodeUri } from "./request";
import { maxBodySize } from "./receive-body";
import { checksumHeaders, checksumElements } from "./checksums";
import { firstFailedCondition, conditionHeaders, readConditions, assertWriteConditions } from "./conditions";
import { encryptionHeaders, readObjectMetadata, uncopiedHeaders } from "./object-metadata";
import { S3Error, invalidArgument, preconditionFailed } from "./errors";
import { assertKeyLength } from "./write-objects";
import type { Bucket, ObjectMetadata, StoredObject } from "./store";
import { document } from "./xml";
import { assertReadable } from "./archive";

export function copyObject(request: S3Request): S3Response {
  const { key, bucket } = request;
  assertKeyLength(key);
  const source = findCopySource(request);
  if (source.content.size > maxBodySize) {
    throw new S3Error("InvalidRequest", {
      Message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxBodySize}`,
    });
  }
  const replacesMetadata = readDirective(request, "x-amz-metadata-directive") === "REPLACE";
  const replacesTags = readDirective(request, "x-amz-tagging-directive") === "REPLACE";
  rejectNoOpCopy(request, source, replacesMetadata);
  assertWriteConditions(
    readConditions((name) => request.header(name)),
    bucket,
    key,
  );
  const copied = {
    headers: replacesMetadata ? undefined : source.headers,
    tags: replacesTags ? undefined : source.tags,
  };
  const copy = putCopy(bucket, key, source, readObjectMetadata(request, copied));
  return {
    headers: { ...encryptionHeaders(copy.encryption), ...checksumHeaders(copy.checksum) },
    body: document("CopyObjectResult", {
      LastModified: copy.lastModified.toISOString(),
      ETag: `"${copy.etag}"`,
      ...checksumElements(copy.checksum),
    }),
  };
}

/** Stores a copy that shares the source's bytes. `ObjectMetadata` lists the default of each member. */
export function putCopy(
  bucket: Bucket,
  key: string,
  source: StoredObject,
  metadata: Partial<ObjectMetadata> = {},
): StoredObject {
  assertKeyLength(key);
  const copy: StoredObject = {
    headers: source.headers,
    encryption: bucket.encryption,
    storageClass: "STANDARD",
    tags: source.tags,
    ...metadata,
    key,
    content: source.content.share(),
    // S3 computes a new ETag for a source uploaded in parts. Here that would require reading all its bytes.
    etag: source.etag,
    checksum: source.checksum,
    lastModified: new Date(),
  };
  bucket.putObject(copy);
  return copy;
}

function readDirective(request: S3Request, name: string): "COPY" | "REPLACE" {
  const given = request.header(name) ?? "COPY";
  if (given === "COPY" || given === "REPLACE") return given;
  throw invalidArgument(
    `Unknown ${name.includes("tagging") ? "tagging" : "metadata"} directive.`,
    name,
    given,
  );
}

/** A copy of an object to itself must change its metadata, storage class or encryption. */
function rejectNoOpCopy(
  request: S3Request,
  source: ReturnType<typeof findCopySource>,
  replacesMetadata: boolean,
): void {
  if (source.bucketName !== request.bucketName || source.key !== request.key || replacesMetadata) return;
  if (uncopiedHeaders.some((name) => request.header(name) !== undefined)) return;
  throw new S3Error("InvalidRequest", {
    Message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      "metadata, storage class, website redirect location or encryption attributes.",
  });
}

const header = "x-amz-copy-source";

interface CopySource {
  readonly bucketName: string;
  readonly key: string;
  readonly version?: string;
}

/** Finds the object that a request copies from and checks the request's conditions on it. */
export function findCopySource(request: S3Request): StoredObject & { readonly bucketName: string } {
  const { bucketName, key, version } = parseCopySource(request.header(header) ?? "");
  if (version !== undefined && version !== "null") {
    throw new S3Error("NoSuchVersion", { Key: key, VersionId: version });
  }
  const object = assertReadable(request.store.getBucket(bucketName).getObject(key));
  const condition = firstFailedCondition(
    readConditions((name) => request.header(name), `${header}-`),
    object,
  );
  if (condition) throw preconditionFailed(`${header}-${conditionHeaders[condition]}`);
  return { ...object, bucketName };
}

/**
 * Parses `bucket/key`, optionally with a leading slash and a trailing `?versionId=`, percent-encoded once. Some clients
 * encode the separator as well. A question mark in the key must be encoded, because a plain one begins the version.
 */
function parseCopySource(given: string): CopySource {
  const mark = given.indexOf("?");
  const path = tryDecodeUri(mark === -1 ? given : given.slice(0, mark));
  const [, version] = mark === -1 ? [] : (/^\?versionId=([^?&]*)$/.exec(given.slice(mark)) ?? []);
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(path ?? "") ?? [];
  if (bucketName === undefined || key === undefined || (mark !== -1 && version === undefined)) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      header,
      given,
    );
  }
  if (bucketName.startsWith("arn:")) {
    throw new S3Error("NotImplemented", {
      Message: "This local S3 does not implement access points; name the bucket.",
    });
  }
  return { bucketName, key, version };
}
