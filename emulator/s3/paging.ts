/** Pages of sorted keys, grouped by common prefixes. */
import type { S3Request } from "./request";
import { invalidArgument } from "./errors";
import { compareKeys } from "./sorted-map";

export interface Page<V> {
  readonly items: readonly V[];
  /** Common prefixes, each in place of all keys that begin with it. */
  readonly prefixes: readonly string[];
  /** The page's last key or prefix, if more follow. */
  readonly next?: string;
}

export interface PageSelection {
  readonly prefix: string;
  readonly delimiter: string;
  /** The page starts after this key, or after all keys that begin with it if it is a common prefix. */
  readonly after: string;
  readonly max: number;
}

/** A sorted collection that can be read from any key. */
interface Ordered<V> {
  entriesFrom(isBefore: (key: string) => boolean): Iterable<readonly [key: string, value: V]>;
}

/** Takes time in proportion to the page, because it skips the keys that begin with a common prefix. */
export function listPage<V>(ordered: Ordered<V>, { prefix, delimiter, after, max }: PageSelection): Page<V> {
  const items: V[] = [];
  const prefixes: string[] = [];
  if (max === 0) return { items, prefixes };
  const isBeforeStart = (key: string): boolean =>
    compareKeys(key, after) <= 0 || compareKeys(key, prefix) < 0;
  let isBeforeNext =
    after.startsWith(prefix) && commonPrefix(after, prefix, delimiter) === after
      ? isUpToPrefix(after)
      : isBeforeStart;
  let last = "";
  for (;;) {
    let common: string | undefined;
    for (const [key, value] of ordered.entriesFrom(isBeforeNext)) {
      if (!key.startsWith(prefix)) return { items, prefixes };
      if (items.length + prefixes.length === max) return { items, prefixes, next: last };
      common = commonPrefix(key, prefix, delimiter);
      last = common ?? key;
      if (common !== undefined) break;
      items.push(value);
    }
    if (common === undefined) return { items, prefixes };
    prefixes.push(common);
    isBeforeNext = isUpToPrefix(common);
  }
}

/** The key's common prefix, if the delimiter occurs after the given prefix. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** True for all keys up to the last one that begins with the prefix. */
const isUpToPrefix =
  (prefix: string) =>
  (key: string): boolean =>
    key.startsWith(prefix) || compareKeys(key, prefix) < 0;

/** Reads a page size; S3's maximum is 1000. */
export const readMaxCount = ({ query }: S3Request, name: string): number =>
  parseMaxCount(query.get(name), name);

export function parseMaxCount(given: string | null | undefined, name: string): number {
  if (!given) return 1000;
  if (!/^\d{1,10}$/.test(given)) {
    throw invalidArgument("Provided value is not an integer between 0 and 2147483647", name, given);
  }
  return Math.min(1000, Number(given));
}

/** Returns the encoder of keys in the response: percent-encoding if the request has `encoding-type=url`. */
export function readKeyEncoder({ query }: S3Request): (name: string) => string {
  const given = query.get("encoding-type");
  if (given === null) return (name) => name;
  if (given !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", given);
  return (name) =>
    encodeURIComponent(name)
      .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%2F", "/");
}
