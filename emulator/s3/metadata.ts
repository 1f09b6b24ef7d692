/** The user's own metadata of an object, on its way in and out of headers. */
import type { Call } from "./request";
import { S3Error } from "./errors";

const prefix = "x-amz-meta-";
const mostBytes = 2048;

/** By the names of their headers. */
export function readMetadata({ request, query }: Call): Record<string, string> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, decoded(String(value))]);
  const given = [...query, ...(headers as [string, string][])]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith(prefix));
  const size = given.reduce(
    (sum, [name, value]) => sum + name.length - prefix.length + Buffer.byteLength(value),
    0,
  );
  if (size > mostBytes) {
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: size,
      MaxSizeAllowed: mostBytes,
    });
  }
  return Object.fromEntries(given);
}

/** Node reads headers as Latin-1; some clients write that, others UTF-8. */
function decoded(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** As a header holds it. What Latin-1 has no letters for goes out as S3 writes it, by RFC 2047. */
export const encoded = (value: string): string =>
  /^[\x20-\x7e\xa0-\xff\t]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;

export const metadataHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name, encoded(value)]] : [],
    ),
  );
