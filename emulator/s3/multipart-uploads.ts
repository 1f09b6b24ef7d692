/** Uploads in parts, from their beginning to their end. */
import { createHash } from "node:crypto";
import type { Answer, Call } from "./request";
import { receiveText } from "./body";
import type { Checksum } from "./checksums";
import {
  checksumHeaders,
  checksumOfParts,
  checksumTags,
  givenChecksum,
  readAlgorithm,
  readChecksumType,
} from "./checksums";
import { readConditions, requireForWriting } from "./conditions";
import { Content } from "./files";
import { encryptionHeaders, readDescription } from "./object-metadata";
import { malformedXml, S3Error } from "./errors";
import { readPartNumber } from "./upload-parts";
import { requireKey } from "./write-objects";
import type { Completed, Part, StoredObject, Upload } from "./store";
import { document, tag, XmlElement } from "./xml";

/** Every part but the last is this long. */
const smallestPart = 5 * 1024 ** 2;

export function createMultipartUpload(call: Call): Answer {
  const { bucket, key } = call;
  requireKey(key);
  const given = call.header("x-amz-checksum-algorithm");
  const algorithm = given === undefined ? undefined : readAlgorithm(given);
  const checksumType = algorithm && readChecksumType(algorithm, call.header("x-amz-checksum-type"));
  const upload = bucket.begin({ key, description: readDescription(call), algorithm, checksumType });
  return {
    headers: {
      ...encryptionHeaders(upload.description.encryption),
      "x-amz-checksum-algorithm": algorithm,
      "x-amz-checksum-type": checksumType,
    },
    body: document(
      "InitiateMultipartUploadResult",
      tag("Bucket", bucket.name),
      tag("Key", key),
      tag("UploadId", upload.id),
    ),
  };
}

export function abortMultipartUpload({ bucket, key, query }: Call): Answer {
  bucket.end(bucket.upload(key, query.get("uploadId") ?? ""));
  return { status: 204 };
}

export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const { key, query } = call;
  // A checksum that comes with it is that of the object.
  const text = await receiveText(call, { checksum: false });
  const request = XmlElement.read(text, "CompleteMultipartUpload");
  const { bucket } = call;
  const id = query.get("uploadId") ?? "";
  // A client whose answer was lost asks again, and gets it again.
  const before = bucket.completed(id, key, text);
  if (before) return answerOf(call, before);
  const upload = bucket.upload(key, id);
  const parts = namedParts(request, upload);
  requireForWriting(
    readConditions((name) => call.header(name)),
    bucket,
    key,
  );
  const object = assembled(upload, parts);
  verify(call, upload, object);
  bucket.complete(upload, object, text, parts);
  return answerOf(call, object);
}

function answerOf({ request, bucketName, key }: Call, object: Completed): Answer {
  return {
    headers: { ...encryptionHeaders(object.encryption), ...checksumHeaders(object.checksum) },
    body: document(
      "CompleteMultipartUploadResult",
      tag("Location", `http://${request.headers.host}/${bucketName}/${encodeURIComponent(key)}`),
      tag("Bucket", bucketName),
      tag("Key", key),
      tag("ETag", `"${object.etag}"`),
      checksumTags(object.checksum),
    ),
  };
}

/** The uploaded parts that the request names, when they are what it says and make an object. */
function namedParts(request: XmlElement, upload: Upload): Part[] {
  const named = request.all("Part");
  if (named.length === 0) throw malformedXml();
  const parts = named.map((one) => {
    const number = readPartNumber(one.need("PartNumber"));
    const etag = one
      .need("ETag")
      .trim()
      .replace(/^"(.*)"$/, "$1");
    const part = upload.parts.get(number);
    const checksum = upload.algorithm && one.text(`Checksum${upload.algorithm}`);
    if (part?.etag === etag && (checksum === undefined || checksum === part.digest?.toString("base64")))
      return part;
    throw new S3Error(
      "InvalidPart",
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified " +
        "entity tag may not match the part's entity tag.",
      { UploadId: upload.id, PartNumber: number, ETag: etag },
    );
  });
  parts.forEach((part, index) => {
    if (index > 0 && part.number <= parts[index - 1]!.number) {
      throw new S3Error(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        { UploadId: upload.id },
      );
    }
  });
  for (const part of parts.slice(0, -1)) {
    if (part.content.size >= smallestPart) continue;
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: part.content.size,
      MinSizeAllowed: smallestPart,
      PartNumber: part.number,
      ETag: part.etag,
    });
  }
  return parts;
}

/** The object of the parts, which keeps their files. */
function assembled(
  { key, description, algorithm, checksumType }: Upload,
  parts: readonly Part[],
): StoredObject {
  const md5 = createHash("md5");
  for (const { etag } of parts) md5.update(etag, "hex");
  const digests = parts.map(({ digest, content }) => ({ digest: digest!, size: content.size }));
  return {
    ...description,
    key,
    content: Content.joined(parts.map(({ content }) => content)),
    etag: `${md5.digest("hex")}-${parts.length}`,
    parts: parts.map(({ content, digest }) => ({
      size: content.size,
      checksum: digest?.toString("base64"),
    })),
    checksum: algorithm && checksumType && checksumOfParts(algorithm, checksumType, digests),
    lastModified: new Date(),
  };
}

function verify(
  { request }: Call,
  { algorithm, checksumType }: Upload,
  { content, checksum }: StoredObject,
): void {
  const size = request.headers["x-amz-mp-object-size"];
  if (size !== undefined && Number(size) !== content.size) {
    throw new S3Error(
      "InvalidRequest",
      `The provided 'x-amz-mp-object-size' header value ${String(size)} does not match what was computed: ${content.size}`,
    );
  }
  const type = request.headers["x-amz-checksum-type"];
  if (type !== undefined && checksumType && String(type) !== checksumType) {
    throw new S3Error(
      "InvalidRequest",
      `The upload was created using the ${checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const given = givenChecksum(request.headers);
  if (!given || !checksum) return;
  if (given.algorithm !== algorithm) {
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${given.algorithm}`,
    );
  }
  if (matches(given.value, checksum)) return;
  throw new S3Error(
    "BadDigest",
    `The ${given.algorithm} you specified did not match the calculated checksum.`,
  );
}

/** Clients may leave the number of parts out. */
const matches = (given: string, { value }: Checksum): boolean =>
  given === value || given === value.replace(/-\d+$/, "");
