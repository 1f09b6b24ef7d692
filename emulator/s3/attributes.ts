/** GetObjectAttributes: what is known of an object, as far as it is asked for. */
import type { Answer, Call } from "./request";
import { checksumTags } from "./checksums";
import { invalidArgument } from "./errors";
import { readCount } from "./paging";
import type { StoredObject } from "./store";
import { document, group, tag } from "./xml";

const attributes: Readonly<Record<string, (object: StoredObject, call: Call) => string>> = {
  ETag: ({ etag }) => tag("ETag", etag),
  Checksum: ({ checksum }) => (checksum ? group("Checksum", checksumTags(checksum)) : ""),
  ObjectParts: partTags,
  StorageClass: ({ storageClass }) => tag("StorageClass", storageClass),
  ObjectSize: ({ content }) => tag("ObjectSize", content.size),
};

export function getObjectAttributes(call: Call): Answer {
  const object = call.bucket.object(call.key);
  const header = "x-amz-object-attributes";
  const asked = (call.header(header) ?? "").split(",").map((name) => name.trim());
  const stray = asked.find((name) => !Object.hasOwn(attributes, name));
  if (stray !== undefined) throw invalidArgument("Invalid attribute name specified.", header, stray);
  const told = Object.entries(attributes).filter(([name]) => asked.includes(name));
  return {
    headers: { "last-modified": object.lastModified.toUTCString() },
    body: document("GetObjectAttributesResponse", ...told.map(([, tell]) => tell(object, call))),
  };
}

/** Of an object that was uploaded in parts. */
function partTags({ parts: made, checksum: whole }: StoredObject, call: Call): string {
  if (!made) return "";
  const most = readCount(call.header("x-amz-max-parts"), "x-amz-max-parts");
  const marker = Number(call.header("x-amz-part-number-marker") ?? 0) || 0;
  const all = made.map((part, index) => ({ ...part, number: index + 1 }));
  const behind = all.filter(({ number }) => number > marker);
  const parts = behind.slice(0, most);
  return group(
    "ObjectParts",
    tag("PartsCount", all.length),
    tag("PartNumberMarker", marker),
    tag("NextPartNumberMarker", parts.at(-1)?.number ?? marker),
    tag("MaxParts", most),
    tag("IsTruncated", parts.length < behind.length),
    ...parts.map(({ number, size, checksum }) =>
      group(
        "Part",
        tag("PartNumber", number),
        tag("Size", size),
        whole ? tag(`Checksum${whole.algorithm}`, checksum) : "",
      ),
    ),
  );
}
