/** The parts of an upload: sent, or copied from an object. */
import { createHash } from "node:crypto";
import type { Answer, Call } from "./request";
import type { Received } from "./body";
import { largestBody, receive } from "./body";
import type { Algorithm } from "./checksums";
import { digestOf, headerOf } from "./checksums";
import type { Content } from "./files";
import { copySource } from "./copy-objects";
import { encryptionHeaders } from "./object-metadata";
import { invalidArgument, S3Error } from "./errors";
import type { Part, Upload } from "./store";
import { document, tag } from "./xml";

export function readPartNumber(given: string | null): number {
  const number = Number(given);
  if (given !== null && /^\d{1,5}$/.test(given.trim()) && number >= 1 && number <= 10_000) return number;
  throw invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    given ?? "",
  );
}

const uploadOf = ({ bucket, key, query }: Call): Upload => bucket.upload(key, query.get("uploadId") ?? "");

export async function uploadPart(call: Call): Promise<Answer> {
  const number = readPartNumber(call.query.get("partNumber"));
  const { algorithm } = uploadOf(call);
  const received = await receive(call, algorithm);
  const upload = keep(call, number, received);
  const { digest } = received;
  return {
    headers: {
      etag: `"${received.md5}"`,
      ...encryptionHeaders(upload.description.encryption),
      ...(digest ? { [headerOf(digest.algorithm)]: digest.value.toString("base64") } : {}),
    },
  };
}

/** The bytes are read for their digest, and not written again. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const number = readPartNumber(call.query.get("partNumber"));
  const { algorithm, description } = uploadOf(call);
  const from = copySource(call);
  const [start, end] = copyRange(call.header("x-amz-copy-source-range"), from.content.size);
  if (end - start > largestBody) {
    throw new S3Error(
      "InvalidRequest",
      `The specified copy source is larger than the maximum allowable size for a copy source: ${largestBody}`,
    );
  }
  const content = from.content.share(start, end);
  const part = await digested(content, algorithm);
  keep(call, number, part);
  return {
    headers: encryptionHeaders(description.encryption),
    body: document(
      "CopyPartResult",
      tag("LastModified", new Date().toISOString()),
      tag("ETag", `"${part.md5}"`),
      part.digest ? tag(`Checksum${part.digest.algorithm}`, part.digest.value.toString("base64")) : "",
    ),
  };
}

/** Unlike a range to read, one to copy has both ends and lies within the source. */
function copyRange(given: string | undefined, size: number): readonly [start: number, end: number] {
  if (given === undefined) return [0, size];
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(given) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based " +
        "offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      given,
    );
  }
  if (Number(last) >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      given,
    );
  }
  return [Number(first), Number(last) + 1];
}

async function digested(content: Content, algorithm: Algorithm | undefined): Promise<Received> {
  const md5 = createHash("md5");
  const checksum = algorithm && digestOf(algorithm);
  const reading = content.read();
  try {
    for await (const bytes of reading) {
      md5.update(bytes);
      checksum?.update(bytes);
    }
  } catch (error) {
    content.release();
    throw error;
  } finally {
    reading.close();
  }
  const digest = algorithm && checksum && { algorithm, value: checksum.digest() };
  return { content, md5: md5.digest("hex"), digest };
}

/** Puts a part in its place, unless the upload ended while the bytes came. */
function keep(call: Call, number: number, { content, md5, digest }: Received): Upload {
  try {
    const upload = uploadOf(call);
    const part: Part = {
      number,
      content,
      etag: md5,
      digest: upload.algorithm && digest?.value,
      lastModified: new Date(),
    };
    upload.parts.get(number)?.content.release();
    upload.parts.set(number, part);
    return upload;
  } catch (error) {
    content.release();
    throw error;
  }
}
