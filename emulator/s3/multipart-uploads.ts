/** CreateMultipartUpload, CompleteMultipartUpload and AbortMultipartUpload. */
import { createHash } from "node:crypto";
import type { S3Response, S3Request } from "./request";
import { receiveDocument } from "./receive-body";
import type { Checksum } from "./checksums";
import {
  checksumHeaders,
  combineChecksums,
  checksumElements,
  readChecksum,
  parseAlgorithm,
  parseChecksumType,
} from "./checksums";
import { readConditions, assertWriteConditions } from "./conditions";
import { Content } from "./files";
import { encryptionHeaders, readObjectMetadata } from "./object-metadata";
import { malformedXml, S3Error } from "./errors";
import { readPartNumber } from "./upload-parts";
import { assertKeyLength } from "./write-objects";
import type { CompletedUpload, Part, StoredObject, Upload } from "./store";
import { document, XmlElement } from "./xml";

/** Minimum size of every part except the last, in bytes. */
const minPartSize = 5 * 1024 ** 2;

export function createMultipartUpload(request: S3Request): S3Response {
  const { bucket, key } = request;
  assertKeyLength(key);
  const given = request.header("x-amz-checksum-algorithm");
  const algorithm = given === undefined ? undefined : parseAlgorithm(given);
  const checksumType = algorithm && parseChecksumType(algorithm, request.header("x-amz-checksum-type"));
  const upload = bucket.createUpload({ key, metadata: readObjectMetadata(request), algorithm, checksumType });
  return {
    headers: {
      ...encryptionHeaders(upload.metadata.encryption),
      "x-amz-checksum-algorithm": algorithm,
      "x-amz-checksum-type": checksumType,
    },
    body: document("InitiateMultipartUploadResult", { Bucket: bucket.name, Key: key, UploadId: upload.id }),
  };
}

export function abortMultipartUpload({ bucket, key, query }: S3Request): S3Response {
  bucket.removeUpload(bucket.getUpload(key, query.get("uploadId") ?? ""));
  return { status: 204 };
}

export async function completeMultipartUpload(request: S3Request): Promise<S3Response> {
  const { key, query } = request;
  // A checksum in the headers is the object's, not the document's.
  const text = await receiveDocument(request, { checksum: false });
  const completion = XmlElement.read(text, "CompleteMultipartUpload");
  const { bucket } = request;
  const id = query.get("uploadId") ?? "";
  // A client that did not receive the response repeats the request and receives the same response.
  const completed = bucket.findCompleted(id, key, text);
  if (completed) return completedResponse(request, completed);
  const upload = bucket.getUpload(key, id);
  const parts = findNamedParts(completion, upload);
  assertWriteConditions(
    readConditions((name) => request.header(name)),
    bucket,
    key,
  );
  const object = assembleObject(upload, parts);
  verifyObject(request, upload, object);
  bucket.completeUpload(upload, object, text, parts);
  return completedResponse(request, object);
}

function completedResponse({ message, bucketName, key }: S3Request, object: CompletedUpload): S3Response {
  return {
    headers: { ...encryptionHeaders(object.encryption), ...checksumHeaders(object.checksum) },
    body: document("CompleteMultipartUploadResult", {
      Location: `http://${message.headers.host}/${bucketName}/${encodeURIComponent(key)}`,
      Bucket: bucketName,
      Key: key,
      ETag: `"${object.etag}"`,
      ...checksumElements(object.checksum),
    }),
  };
}

/** Finds the parts that the request names and checks their order and sizes. */
function findNamedParts(completion: XmlElement, upload: Upload): Part[] {
  const named = completion.all("Part");
  if (named.length === 0) throw malformedXml();
  const parts = named.map((element) => {
    const number = readPartNumber(element.requireText("PartNumber"));
    const etag = element
      .requireText("ETag")
      .trim()
      .replace(/^"(.*)"$/, "$1");
    const part = upload.parts.get(number);
    const checksum = upload.algorithm && element.text(`Checksum${upload.algorithm}`);
    if (part?.etag === etag && (checksum === undefined || checksum === part.digest?.toString("base64")))
      return part;
    throw new S3Error("InvalidPart", { UploadId: upload.id, PartNumber: number, ETag: etag });
  });
  parts.forEach((part, index) => {
    if (index > 0 && part.number <= parts[index - 1]!.number) {
      throw new S3Error("InvalidPartOrder", { UploadId: upload.id });
    }
  });
  for (const part of parts.slice(0, -1)) {
    if (part.content.size >= minPartSize) continue;
    throw new S3Error("EntityTooSmall", {
      ProposedSize: part.content.size,
      MinSizeAllowed: minPartSize,
      PartNumber: part.number,
      ETag: part.etag,
    });
  }
  return parts;
}

/** Creates the object, which takes over the parts' references to files. */
function assembleObject(
  { key, metadata, algorithm, checksumType }: Upload,
  parts: readonly Part[],
): StoredObject {
  const md5 = createHash("md5");
  for (const { etag } of parts) md5.update(etag, "hex");
  const digests = parts.map(({ digest, content }) => ({ digest: digest!, size: content.size }));
  return {
    ...metadata,
    key,
    content: Content.concat(parts.map(({ content }) => content)),
    etag: `${md5.digest("hex")}-${parts.length}`,
    parts: parts.map(({ content, digest }) => ({
      size: content.size,
      checksum: digest?.toString("base64"),
    })),
    checksum: algorithm && checksumType && combineChecksums(algorithm, checksumType, digests),
    lastModified: new Date(),
  };
}

function verifyObject(
  { message }: S3Request,
  { algorithm, checksumType }: Upload,
  { content, checksum }: StoredObject,
): void {
  const size = message.headers["x-amz-mp-object-size"];
  if (size !== undefined && Number(size) !== content.size) {
    throw new S3Error("InvalidRequest", {
      Message: `The provided 'x-amz-mp-object-size' header value ${String(size)} does not match what was computed: ${content.size}`,
    });
  }
  const type = message.headers["x-amz-checksum-type"];
  if (type !== undefined && checksumType && String(type) !== checksumType) {
    throw new S3Error("InvalidRequest", {
      Message: `The upload was created using the ${checksumType} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  const given = readChecksum(message.headers);
  if (!given || !checksum) return;
  if (given.algorithm !== algorithm) {
    throw new S3Error("InvalidRequest", {
      Message: `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${given.algorithm}`,
    });
  }
  if (checksumMatches(given.value, checksum)) return;
  throw new S3Error("BadDigest", {
    Message: `The ${given.algorithm} you specified did not match the calculated checksum.`,
  });
}

/** Clients may omit the number of parts. */
const checksumMatches = (given: string, { value }: Checksum): boolean =>
  given === value || given === value.replace(/-\d+$/, "");
