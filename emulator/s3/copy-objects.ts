import { refuseAcl } from "./acl";
import type { Answer, Call } from "./request";
import { largestBody } from "./body";
import { checksumHeaders, checksumTags } from "./checksums";
import { failed, headerNames, readConditions, requireForWriting } from "./conditions";
import { encryptionHeaders, readEncryption, readHeaders, readStorageClass } from "./object-metadata";
import { S3Error, invalidArgument, preconditionFailed } from "./errors";
import { requireKey } from "./write-objects";
import type { Bucket, Description, StoredObject } from "./store";
import { tagsInHeader } from "./tagging";
import { document, tag } from "./xml";
import { readable } from "./archive";

/** CopyObject. No byte is copied: the new object holds the same files. */

export function copyObject(call: Call): Answer {
  const { key, bucket } = call;
  requireKey(key);
  refuseAcl(call);
  const from = copySource(call);
  if (from.content.size > largestBody) {
    throw new S3Error(
      "InvalidRequest",
      `The specified copy source is larger than the maximum allowable size for a copy source: ${largestBody}`,
    );
  }
  const replacesMetadata = directive(call, "x-amz-metadata-directive") === "REPLACE";
  const replacesTags = directive(call, "x-amz-tagging-directive") === "REPLACE";
  refuseNothing(call, from, replacesMetadata);
  requireForWriting(
    readConditions((name) => call.header(name)),
    bucket,
    key,
  );
  const copy = copyInto(bucket, key, from, {
    headers: replacesMetadata ? readHeaders(call) : from.headers,
    encryption: readEncryption(call, bucket),
    storageClass: readStorageClass(call),
    tags: replacesTags ? tagsInHeader(call.header("x-amz-tagging")) : from.tags,
  });
  return {
    headers: { ...encryptionHeaders(copy.encryption), ...checksumHeaders(copy.checksum) },
    body: document(
      "CopyObjectResult",
      tag("LastModified", copy.lastModified.toISOString()),
      tag("ETag", `"${copy.etag}"`),
      checksumTags(copy.checksum),
    ),
  };
}

/** Puts a copy, which shares the bytes. What is not said of it is as in the original, or as in a new object. */
export function copyInto(
  bucket: Bucket,
  key: string,
  from: StoredObject,
  said: Partial<Description>,
): StoredObject {
  requireKey(key);
  const copy: StoredObject = {
    headers: from.headers,
    encryption: bucket.encryption,
    storageClass: "STANDARD",
    tags: from.tags,
    ...said,
    key,
    content: from.content.share(),
    // S3 computes a new one for an object that came in parts, which would take as long as reading it.
    etag: from.etag,
    checksum: from.checksum,
    lastModified: new Date(),
  };
  bucket.put(copy);
  return copy;
}

function directive(call: Call, name: string): "COPY" | "REPLACE" {
  const given = call.header(name) ?? "COPY";
  if (given === "COPY" || given === "REPLACE") return given;
  throw invalidArgument(
    `Unknown ${name.includes("tagging") ? "tagging" : "metadata"} directive.`,
    name,
    given,
  );
}

/** A copy of an object to itself is a change of what is said of it. */
function refuseNothing(call: Call, from: ReturnType<typeof copySource>, replacesMetadata: boolean): void {
  if (from.bucketName !== call.bucketName || from.key !== call.key || replacesMetadata) return;
  const changes = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location"];
  if (changes.some((name) => call.header(name) !== undefined)) return;
  throw new S3Error(
    "InvalidRequest",
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      "metadata, storage class, website redirect location or encryption attributes.",
  );
}

/** What a request copies from: read once, and looked up as it was read. */

const header = "x-amz-copy-source";

interface Source {
  readonly bucketName: string;
  readonly key: string;
  readonly version?: string;
}

/** The object that a request copies from, when its conditions hold. */
export function copySource(call: Call): StoredObject & { readonly bucketName: string } {
  const { bucketName, key, version } = sourceIn(call.header(header) ?? "");
  if (version !== undefined && version !== "null") {
    throw new S3Error("NoSuchVersion", "The specified version does not exist.", {
      Key: key,
      VersionId: version,
    });
  }
  const object = readable(call.store.bucket(bucketName).object(key));
  const condition = failed(
    readConditions((name) => call.header(name), `${header}-`),
    object,
  );
  if (condition) throw preconditionFailed(`${header}-${headerNames[condition]}`);
  return { ...object, bucketName };
}

/**
 * `bucket/key`, with or without a slash in front, and `?versionId=` behind it, all percent-encoded once. Some clients
 * encode the separator as well. A question mark of the key has to be encoded; anything but one version behind one that
 * is not, is no source.
 */
function sourceIn(given: string): Source {
  const mark = given.indexOf("?");
  const path = decoded(mark === -1 ? given : given.slice(0, mark));
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
    throw new S3Error("NotImplemented", "This local S3 has no access points; name the bucket.");
  }
  return { bucketName, key, version };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
