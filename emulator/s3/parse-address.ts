/** The bucket and the key that a request's address names. */
import { S3Error } from "./errors";

export interface Target {
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Hosts below which a bucket's name may stand, as clients write it that are not told to put it into the path. */
const bases = ["s3.localhost", "localhost"];

export function targetOf(url: string, host: string | undefined): Target {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
  const virtual = bucketInHost(host);
  if (virtual !== undefined) return { bucketName: virtual, key: decoded(path.replace(/^\//, "")), query };
  // No bucket's name is empty. Behind it only the first slash separates: a key may begin with one, and hold any number.
  const rest = path.replace(/^\/+/, "");
  const slash = rest.indexOf("/");
  const bucketName = decoded(slash === -1 ? rest : rest.slice(0, slash));
  return { bucketName, key: slash === -1 ? "" : decoded(rest.slice(slash + 1)), query };
}

function bucketInHost(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, "").toLowerCase() ?? "";
  const base = bases.find((one) => name === one || name.endsWith(`.${one}`));
  return base === undefined || name === base ? undefined : name.slice(0, -base.length - 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.", { URI: text });
  }
}
