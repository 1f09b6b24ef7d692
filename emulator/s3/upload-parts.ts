/** UploadPart and UploadPartCopy. */
import { createHash } from "node:crypto";
import type { S3Response, S3Request } from "./request";
import type { ReceivedBody } from "./receive-body";
import { maxBodySize, receiveBody } from "./receive-body";
import type { Algorithm } from "./checksums";
import { createDigest, checksumHeaderName } from "./checksums";
import type { Content } from "./files";
import { findCopySource } from "./copy-object";
import { encryptionHeaders } from "./object-metadata";
import { invalidArgument, S3Error } from "./errors";
import type { Part, Upload } from "./store";
import { document } from "./xml";

export function readPartNumber(given: string | null): number {
  const number = Number(given);
  if (given !== null && /^\d{1,5}$/.test(given.trim()) && number >= 1 && number <= 10_000) return number;
  throw invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    given ?? "",
  );
}

const findMultipartUpload = ({ bucket, key, query }: S3Request): Upload =>
  bucket.getUpload(key, query.get("uploadId") ?? "");

export async function uploadPart(request: S3Request): Promise<S3Response> {
  const number = readPartNumber(request.query.get("partNumber"));
  const { algorithm } = findMultipartUpload(request);
  const received = await receiveBody(request, algorithm);
  const upload = storePart(request, number, received);
  const { digest } = received;
  return {
    headers: {
      etag: `"${received.md5}"`,
      ...encryptionHeaders(upload.metadata.encryption),
      ...(digest ? { [checksumHeaderName(digest.algorithm)]: digest.value.toString("base64") } : {}),
    },
  };
}

/** Shares the files of the source, and reads them only to compute the digest. */
export async function uploadPartCopy(request: S3Request): Promise<S3Response> {
  const number = readPartNumber(request.query.get("partNumber"));
  const { algorithm, metadata } = findMultipartUpload(request);
  const source = findCopySource(request);
  const [start, end] = parseCopyRange(request.header("x-amz-copy-source-range"), source.content.size);
  if (end - start > maxBodySize) {
    throw new S3Error("InvalidRequest", {
      Message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxBodySize}`,
    });
  }
  const content = source.content.share(start, end);
  const part = await digestContent(content, algorithm);
  storePart(request, number, part);
  return {
    headers: encryptionHeaders(metadata.encryption),
    body: document("CopyPartResult", {
      LastModified: new Date().toISOString(),
      ETag: `"${part.md5}"`,
      ...(part.digest && { [`Checksum${part.digest.algorithm}`]: part.digest.value.toString("base64") }),
    }),
  };
}

/** Unlike a Range header, this range must have both ends and lie within the source. */
function parseCopyRange(given: string | undefined, size: number): readonly [start: number, end: number] {
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

async function digestContent(content: Content, algorithm: Algorithm | undefined): Promise<ReceivedBody> {
  const md5 = createHash("md5");
  const checksum = algorithm && createDigest(algorithm);
  const stream = content.read();
  try {
    for await (const bytes of stream) {
      md5.update(bytes);
      checksum?.update(bytes);
    }
  } catch (error) {
    content.release();
    throw error;
  } finally {
    stream.close();
  }
  const digest = algorithm && checksum && { algorithm, value: checksum.digest() };
  return { content, md5: md5.digest("hex"), digest };
}

/** Stores a part. Throws if the upload ended while the bytes arrived. */
function storePart(request: S3Request, number: number, { content, md5, digest }: ReceivedBody): Upload {
  try {
    const upload = findMultipartUpload(request);
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
