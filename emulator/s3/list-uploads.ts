/** ListParts and ListMultipartUploads. */
import type { Answer, Call } from "./request";
import { invalidArgument } from "./errors";
import { ownerTags } from "./owner";
import { readEncoding, readMost, rolledUp } from "./paging";
import { compareKeys } from "./sorted-map";
import type { Upload } from "./store";
import { document, group, tag } from "./xml";

export function listParts(call: Call): Answer {
  const { bucket, key, query } = call;
  const upload = bucket.upload(key, query.get("uploadId") ?? "");
  const marker = query.get("part-number-marker") ?? "0";
  if (!/^\d{1,5}$/.test(marker)) {
    throw invalidArgument("Provided part-number-marker is not an integer", "part-number-marker", marker);
  }
  const most = readMost(call, "max-parts");
  const behind = [...upload.parts.values()]
    .filter(({ number }) => number > Number(marker))
    .sort((one, other) => one.number - other.number);
  const parts = behind.slice(0, most);
  const { algorithm } = upload;
  return {
    body: document(
      "ListPartsResult",
      tag("Bucket", bucket.name),
      tag("Key", key),
      tag("UploadId", upload.id),
      ownerTags("Initiator"),
      ownerTags("Owner"),
      tag("StorageClass", upload.description.storageClass),
      tag("PartNumberMarker", marker),
      tag("NextPartNumberMarker", parts.at(-1)?.number),
      tag("MaxParts", most),
      tag("IsTruncated", parts.length < behind.length),
      tag("ChecksumAlgorithm", algorithm),
      tag("ChecksumType", upload.checksumType),
      ...parts.map(({ number, lastModified, etag, content, digest }) =>
        group(
          "Part",
          tag("PartNumber", number),
          tag("LastModified", lastModified.toISOString()),
          tag("ETag", `"${etag}"`),
          tag("Size", content.size),
          algorithm ? tag(`Checksum${algorithm}`, digest?.toString("base64")) : "",
        ),
      ),
    ),
  };
}

/** The unfinished uploads are few, so that each listing may look at all. */
export function listMultipartUploads(call: Call): Answer {
  const { bucket, query } = call;
  const encoded = readEncoding(call);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const most = readMost(call, "max-uploads");
  const uploads: Upload[] = [];
  const prefixes = new Set<string>();
  let next: { readonly key: string; readonly id: string } | undefined;
  let last = { key: keyMarker, id: idMarker };
  for (const upload of [...bucket.uploads.values()].sort(byKeyAndId)) {
    const { key, id } = upload;
    if (!key.startsWith(prefix) || !follows(upload, keyMarker, idMarker)) continue;
    const common = rolledUp(key, prefix, delimiter);
    if (common !== undefined && (prefixes.has(common) || common === keyMarker)) continue;
    if (uploads.length + prefixes.size === most) {
      if (most > 0) next = last;
      break;
    }
    if (common === undefined) uploads.push(upload);
    else prefixes.add(common);
    last = common === undefined ? { key, id } : { key: common, id: "" };
  }
  return {
    body: document(
      "ListMultipartUploadsResult",
      tag("Bucket", bucket.name),
      tag("KeyMarker", encoded(keyMarker)),
      tag("UploadIdMarker", idMarker),
      tag("NextKeyMarker", next && encoded(next.key)),
      tag("NextUploadIdMarker", next?.id),
      tag("Prefix", encoded(prefix)),
      tag("Delimiter", delimiter === "" ? undefined : encoded(delimiter)),
      tag("EncodingType", query.get("encoding-type") ?? undefined),
      tag("MaxUploads", most),
      tag("IsTruncated", next !== undefined),
      ...uploads.map((upload) => uploadTags(upload, encoded)),
      ...[...prefixes].map((one) => group("CommonPrefixes", tag("Prefix", encoded(one)))),
    ),
  };
}

const byKeyAndId = (one: Upload, other: Upload): number =>
  compareKeys(one.key, other.key) || compareKeys(one.id, other.id);

/** Without an upload's id, the marker stands for all uploads of its key. */
function follows({ key, id }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(id, idMarker) > 0);
}

const uploadTags = (upload: Upload, encoded: (name: string) => string): string =>
  group(
    "Upload",
    tag("Key", encoded(upload.key)),
    tag("UploadId", upload.id),
    ownerTags("Initiator"),
    ownerTags("Owner"),
    tag("StorageClass", upload.description.storageClass),
    tag("Initiated", upload.initiated.toISOString()),
    tag("ChecksumAlgorithm", upload.algorithm),
    tag("ChecksumType", upload.checksumType),
  );
