/** PutObject. */
import type { Answer, Call } from "./request";
import { receive } from "./body";
import { checksumHeaders } from "./checksums";
import { readConditions, requireForWriting } from "./conditions";
import { encryptionHeaders, readDescription } from "./object-metadata";
import { S3Error } from "./errors";
import { longestKey } from "./bucket-name";

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
