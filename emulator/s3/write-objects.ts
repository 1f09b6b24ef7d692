/** PutObject, DeleteObject and DeleteObjects. */
import type { S3Response, S3Request } from "./request";
import { receiveBody, receiveDocument } from "./receive-body";
import { checksumHeaders } from "./checksums";
import { readConditions, assertWriteConditions } from "./conditions";
import { encryptionHeaders, readObjectMetadata } from "./object-metadata";
import { S3Error, malformedXml } from "./errors";
import type { XmlMembers } from "./xml";
import { document, XmlElement } from "./xml";

/** Longest key of an object, in bytes of UTF-8. Source: S3 User Guide, "Naming Amazon S3 objects". */
export const maxKeyBytes = 1024;

/** Limits the key's bytes, not its characters. */
export function assertKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= maxKeyBytes) return;
  throw new S3Error("KeyTooLongError", { Size: size, MaxSizeAllowed: maxKeyBytes });
}

export async function putObject(request: S3Request): Promise<S3Response> {
  const { key } = request;
  assertKeyLength(key);
  const metadata = readObjectMetadata(request);
  const conditions = readConditions((name) => request.header(name));
  assertWriteConditions(conditions, request.bucket, key);
  const { content, md5, digest } = await receiveBody(request);
  try {
    // Checked again, because other requests can change the object or delete the bucket while the body arrives.
    assertWriteConditions(conditions, request.bucket, key);
  } catch (error) {
    content.release();
    throw error;
  }
  const checksum = digest && {
    algorithm: digest.algorithm,
    value: digest.value.toString("base64"),
    type: "FULL_OBJECT" as const,
  };
  request.bucket.putObject({ ...metadata, key, content, etag: md5, checksum, lastModified: new Date() });
  return {
    headers: { etag: `"${md5}"`, ...encryptionHeaders(metadata.encryption), ...checksumHeaders(checksum) },
  };
}

const maxKeys = 1000;

export function deleteObject(request: S3Request): S3Response {
  const { bucket, key } = request;
  for (const name of ["x-amz-if-match-size", "x-amz-if-match-last-modified-time"]) {
    if (request.header(name) === undefined) continue;
    throw new S3Error("NotImplemented", {
      Message: `${name} applies to directory buckets, which this local S3 does not implement.`,
    });
  }
  assertWriteConditions({ ifMatch: request.header("if-match") }, bucket, key);
  bucket.deleteObject(key);
  return { status: 204 };
}

export async function deleteObjects(request: S3Request): Promise<S3Response> {
  const deletion = XmlElement.read(await receiveDocument(request), "Delete");
  const objects = deletion.all("Object");
  if (objects.length === 0 || objects.length > maxKeys) throw malformedXml();
  const quiet = deletion.text("Quiet")?.trim() === "true";
  const { bucket } = request;
  const Deleted: XmlMembers[] = [];
  const Error: XmlMembers[] = [];
  for (const object of objects) {
    const key = object.requireText("Key");
    const version = object.text("VersionId");
    try {
      if (version !== undefined && version !== "null") throw new S3Error("NoSuchVersion");
      assertWriteConditions({ ifMatch: object.text("ETag") }, bucket, key);
      bucket.deleteObject(key);
      if (!quiet) Deleted.push({ Key: key });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      Error.push({ Key: key, Code: error.code, Message: error.message });
    }
  }
  return { body: document("DeleteResult", { Deleted, Error }) };
}
