/**
 * Distributes items over jobs of limited size.
 *
 * - `partitionDensely` is for jobs that are replaced together, such as those of a publication's revision.
 * - `partitionStably` is for jobs that change separately, such as those of a revision that is filled over time. It needs at
 *   most 10 % more jobs than the minimum, and the minimum for up to ten full jobs. An added or removed item usually changes
 *   one job, and a few if a cut between two jobs moves.
 *
 * `partitionStably` sorts the items by a hash of their names. Among the allowed positions of a cut, it cuts after the item
 * with the lowest second hash, so the cut moves only if another item gets the lowest hash. It first cuts blocks of about ten
 * jobs, so that a change in one block does not affect the others. Then it halves each block repeatedly, down to single jobs.
 */
import { createHash } from "node:crypto";

export interface Chunk<T> {
  /** Identifies the chunk for as long as it exists; empty for the first. */
  readonly name: string;
  readonly items: readonly T[];
}

/** The minimum number of chunks, in the order of the items. An added or removed item changes all chunks after it. */
export function partitionDensely<T>(items: readonly T[], maxItems: number): Chunk<T>[] {
  const count = Math.ceil(items.length / maxItems);
  return Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? "" : String(index + 1),
    items: items.slice(index * maxItems, (index + 1) * maxItems),
  }));
}

/** Few chunks, and few of them change with an item. Within a chunk, items keep their given order. */
export function partitionStably<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  maxItems: number,
): Chunk<T>[] {
  const hashed = items
    .map((item, index) => ({ item, index, ...hashesOf(nameOf(item)) }))
    .sort((a, b) => a.position - b.position || a.index - b.index);
  const taken = new Set<string>();
  return cutBlocks(hashed, maxItems)
    .flatMap((block) => halve(block, maxItems))
    .map((chunk, index) => ({
      name: index === 0 ? "" : makeUnique(lowestHash(chunk), taken),
      items: chunk.sort((a, b) => a.index - b.index).map(({ item }) => item),
    }));
}

interface Hashed<T> {
  readonly item: T;
  /** Position in the given list. */
  readonly index: number;
  readonly position: number;
  /** Second hash. The item with the lowest one is the last before a cut. */
  readonly cut: number;
  readonly nameHash: string;
}

const jobsPerBlock = 10;

/** Minimum fraction of a block that is filled. */
const minFill = 0.94;

/** The last block may have any size. */
function cutBlocks<T>(hashed: readonly Hashed<T>[], maxItems: number): Hashed<T>[][] {
  const full = jobsPerBlock * maxItems;
  const blocks: Hashed<T>[][] = [];
  let from = 0;
  while (hashed.length - from > full) {
    const to = findCut(hashed, from + Math.ceil(minFill * full), from + full);
    blocks.push(hashed.slice(from, to));
    from = to;
  }
  return [...blocks, hashed.slice(from)];
}

/** Splits the block into the minimum number of chunks: half of them before the cut, half after it. */
function halve<T>(block: Hashed<T>[], maxItems: number): Hashed<T>[][] {
  const count = Math.ceil(block.length / maxItems);
  if (count <= 1) return block.length === 0 ? [] : [block];
  const before = Math.floor(count / 2);
  const cut = findCut(block, block.length - (count - before) * maxItems, before * maxItems);
  return [...halve(block.slice(0, cut), maxItems), ...halve(block.slice(cut), maxItems)];
}

/** The number of items before a cut, from `min` to `max`. */
function findCut(hashed: readonly Hashed<unknown>[], min: number, max: number): number {
  let found = min;
  for (let count = min + 1; count <= max; count++) {
    if (hashed[count - 1]!.cut < hashed[found - 1]!.cut) found = count;
  }
  return found;
}

/** The lowest nameHash of the chunk's items, so it rarely changes when the ends of the chunk move. */
const lowestHash = (chunk: readonly Hashed<unknown>[]): string =>
  chunk.reduce((lowest, { nameHash }) => (nameHash < lowest ? nameHash : lowest), chunk[0]!.nameHash);

/** Hashes are equal if names are, or by a rare coincidence. */
function makeUnique(nameHash: string, taken: Set<string>): string {
  let name = nameHash;
  for (let count = 2; taken.has(name); count++) name = `${nameHash}-${count}`;
  taken.add(name);
  return name;
}

function hashesOf(name: string): Pick<Hashed<unknown>, "position" | "cut" | "nameHash"> {
  const hash = createHash("sha256").update(name).digest();
  return {
    position: hash.readUIntBE(0, 6),
    cut: hash.readUIntBE(6, 6),
    nameHash: hash.toString("hex", 12, 16),
  };
}
