/** CopyObject. No byte is copied: the new object holds the same files. */
import type { Answer, Call } from "./call";
import { largestBody } from "./body";
import { checksumHeaders, checksumTags } from "./checksums";
import { failed, headerNames, readConditions, requireForWriting } from "./conditions";
import { encryptionHeaders, readEncryption, readHeaders, readStorageClass } from "./description";
import { invalidArgument, preconditionFailed, S3Error } from "./errors";
import { requireKey } from "./put";
import type { StoredObject } from "./store";
import { tagsInHeader } from "./tags";
import { document, tag } from "./xml";

const source = "x-amz-copy-source";

/** The object that a request copies from, when its conditions hold. */
export function copySource(call: Call): StoredObject & { readonly bucketName: string } {
  const given = call.header(source) ?? "";
  const [path = "", version] = given.split("?versionId=");
  const [, bucketName = "", encoded = ""] = /^\/?([^/]+)\/(.+)$/s.exec(slashDecoded(path)) ?? [];
  const key = decoded(encoded);
  if (bucketName === "" || key === undefined) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      source,
      given,
    );
  }
  if (version !== undefined && version !== "null") {
    throw new S3Error("NoSuchVersion", "The specified version does not exist.", {
      Key: key,
      VersionId: version,
    });
  }
  const object = call.store.bucket(bucketName).object(key);
  const condition = failed(
    readConditions((name) => call.header(name), `${source}-`),
    object,
  );
  if (condition) throw preconditionFailed(`${source}-${headerNames[condition]}`);
  return { ...object, bucketName };
}

/** Clients that encode everything encode the separator as well. */
const slashDecoded = (path: string): string =>
  path.replace(/^\//, "").includes("/") ? path : path.replace(/%2f/gi, "/");

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function copyObject(call: Call): Answer {
  const { key, bucket } = call;
  requireKey(key);
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
  const copy: StoredObject = {
    key,
    headers: replacesMetadata ? readHeaders(call) : from.headers,
    encryption: readEncryption(call, bucket),
    storageClass: readStorageClass(call),
    tags: replacesTags ? tagsInHeader(call.header("x-amz-tagging")) : from.tags,
    content: from.content.share(),
    // S3 computes a new one for an object that came in parts, which would take as long as reading it.
    etag: from.etag,
    checksum: from.checksum,
    lastModified: new Date(),
  };
  bucket.put(copy);
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
