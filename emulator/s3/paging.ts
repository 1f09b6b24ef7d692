/** What the listing operations share: names in order, rolled up at a delimiter, so many at a time. */
import type { S3Request } from "./request";
import { invalidArgument } from "./errors";
import { compareKeys } from "./sorted-map";

export interface Page<V> {
  readonly items: readonly V[];
  /** The names up to the delimiter that stand for all below them. */
  readonly prefixes: readonly string[];
  /** The last key or prefix given, when more follow. */
  readonly next?: string;
}

export interface PageSelection {
  readonly prefix: string;
  readonly delimiter: string;
  /** Begins behind it. When it is a prefix that was given, behind all that the prefix stands for. */
  readonly after: string;
  readonly max: number;
}

/** Anything in order of its keys, to be entered anywhere. */
interface Ordered<V> {
  entriesFrom(isBefore: (key: string) => boolean): Iterable<readonly [key: string, value: V]>;
}

/** Takes as long as the page is long: what a common prefix stands for is jumped over. */
export function listPage<V>(ordered: Ordered<V>, { prefix, delimiter, after, max }: PageSelection): Page<V> {
  const items: V[] = [];
  const prefixes: string[] = [];
  if (max === 0) return { items, prefixes };
  const isBefore = (key: string): boolean => compareKeys(key, after) <= 0 || compareKeys(key, prefix) < 0;
  let enter =
    after.startsWith(prefix) && commonPrefix(after, prefix, delimiter) === after
      ? isUpToPrefix(after)
      : isBefore;
  let last = "";
  for (;;) {
    let jump: string | undefined;
    for (const [key, value] of ordered.entriesFrom(enter)) {
      if (!key.startsWith(prefix)) return { items, prefixes };
      if (items.length + prefixes.length === max) return { items, prefixes, next: last };
      jump = commonPrefix(key, prefix, delimiter);
      last = jump ?? key;
      if (jump !== undefined) break;
      items.push(value);
    }
    if (jump === undefined) return { items, prefixes };
    prefixes.push(jump);
    enter = isUpToPrefix(jump);
  }
}

/** The common prefix that stands for a key, when it has the delimiter behind the prefix asked for. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** Before the place that follows every key with the prefix. */
const isUpToPrefix =
  (prefix: string) =>
  (key: string): boolean =>
    key.startsWith(prefix) || compareKeys(key, prefix) < 0;

/** A parameter that says how many; S3 gives 1000 at most. */
export const readMaxCount = ({ query }: S3Request, name: string): number =>
  parseMaxCount(query.get(name), name);

export function parseMaxCount(given: string | null | undefined, name: string): number {
  if (!given) return 1000;
  if (!/^\d{1,10}$/.test(given)) {
    throw invalidArgument("Provided value is not an integer between 0 and 2147483647", name, given);
  }
  return Math.min(1000, Number(given));
}

/** How names are written in the answer: as they are, or percent-encoded where the request wants that. */
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
