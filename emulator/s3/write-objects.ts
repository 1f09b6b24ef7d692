import type { Answer, Call } from "./request";
import { receive, receiveText } from "./body";
import { checksumHeaders } from "./checksums";
import { readConditions, requireForWriting } from "./conditions";
import { encryptionHeaders, readDescription } from "./object-metadata";
import { S3Error, malformedXml } from "./errors";
import { longestKey } from "./names";
import { document, group, tag, XmlElement } from "./xml";

/** PutObject. */

/** Bytes, not characters. */
export function requireKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= longestKey) return;
  throw new S3Error("KeyTooLongError", "Your key is too long", { Size: size, MaxSizeAllowed: longestKey });
}

export async function putObject(call: Call): Promise<Answer> {
  const { key } = call;
  requireKey(key);
  const description = readDescription(call);
  const conditions = readConditions((name) => call.header(name));
  requireForWriting(conditions, call.bucket, key);
  const { content, md5, digest } = await receive(call);
  try {
    // Others may have written, or removed the bucket, while the body came. From here on nothing waits.
    requireForWriting(conditions, call.bucket, key);
  } catch (error) {
    content.release();
    throw error;
  }
  const checksum = digest && {
    algorithm: digest.algorithm,
    value: digest.value.toString("base64"),
    type: "FULL_OBJECT" as const,
  };
  call.bucket.put({ ...description, key, content, etag: md5, checksum, lastModified: new Date() });
  return {
    headers: { etag: `"${md5}"`, ...encryptionHeaders(description.encryption), ...checksumHeaders(checksum) },
  };
}

/** DeleteObject and DeleteObjects. Removing what is not there succeeds. */

const mostKeys = 1000;

export function deleteObject(call: Call): Answer {
  const { bucket, key } = call;
  for (const name of ["x-amz-if-match-size", "x-amz-if-match-last-modified-time"]) {
    if (call.header(name) === undefined) continue;
    throw new S3Error("NotImplemented", `${name} is for directory buckets, which this local S3 has none of.`);
  }
  requireForWriting({ ifMatch: call.header("if-match") }, bucket, key);
  bucket.remove(key);
  return { status: 204 };
}

export async function deleteObjects(call: Call): Promise<Answer> {
  const request = XmlElement.read(await receiveText(call), "Delete");
  const objects = request.all("Object");
  if (objects.length === 0 || objects.length > mostKeys) throw malformedXml();
  const quiet = request.text("Quiet")?.trim() === "true";
  const { bucket } = call;
  const results = objects.map((object) => {
    const key = object.need("Key");
    const version = object.text("VersionId");
    try {
      if (version !== undefined && version !== "null") {
        throw new S3Error("NoSuchVersion", "The specified version does not exist.");
      }
      requireForWriting(
        readConditions((name) => (name === "if-match" ? object.text("ETag") : undefined)),
        bucket,
        key,
      );
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return group("Error", tag("Key", key), tag("Code", error.code), tag("Message", error.message));
    }
    bucket.remove(key);
    return quiet ? "" : group("Deleted", tag("Key", key));
  });
  return { body: document("DeleteResult", ...results) };
}
