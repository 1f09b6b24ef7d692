/**
 * Shares items out to jobs of limited size.
 *
 * - `denseChunksOf`: for what is made anew as a whole whenever it changes, such as a publication's revision.
 * - `chunksOf`: for what is changed in place, such as a revision that is filled over time. It needs at most a tenth
 *   more jobs than the least, and the least itself for up to ten full ones; one item more or less changes one job as
 *   a rule, and a few where a cut between two jobs moves.
 *
 * `chunksOf` puts the items into the order of a hash of their names, and cuts where a second hash is least within the
 * places that a cut may have. A cut thus stays at its item for as long as this item is the least of them. First it
 * cuts blocks of about ten jobs, which keeps what happens in one block out of the others; then it halves each block
 * down to single jobs.
 */
import { createHash } from "node:crypto";

export interface Chunk<T> {
  /** Tells the chunk from the others for as long as it exists; empty for the first. */
  readonly name: string;
  readonly items: readonly T[];
}

/** As few chunks as there can be, in the order of the items given. An item more or less changes all that follow. */
export function partitionDensely<T>(items: readonly T[], most: number): Chunk<T>[] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? "" : String(index + 1),
    items: items.slice(index * most, (index + 1) * most),
  }));
}

/** Few chunks of which a change touches few. Within a chunk, items have the order in which they are given. */
export function partitionStably<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  most: number,
): Chunk<T>[] {
  const placed = items
    .map((item, index) => ({ item, index, ...hashesOf(nameOf(item)) }))
    .sort((a, b) => a.place - b.place || a.index - b.index);
  const taken = new Set<string>();
  return blocksOf(placed, most)
    .flatMap((block) => halved(block, most))
    .map((chunk, index) => ({
      name: index === 0 ? "" : unique(markOf(chunk), taken),
      items: chunk.sort((a, b) => a.index - b.index).map(({ item }) => item),
    }));
}

interface Placed<T> {
  readonly item: T;
  /** Where the item was given. */
  readonly index: number;
  readonly place: number;
  /** The item with the least is the last one before a cut. */
  readonly cut: number;
  readonly mark: string;
}

/** Jobs in a block, and the least share of it that is filled. */
const jobsInBlock = 10;
const filled = 0.94;

/** The last block may have any size. */
function blocksOf<T>(placed: readonly Placed<T>[], most: number): Placed<T>[][] {
  const full = jobsInBlock * most;
  const blocks: Placed<T>[][] = [];
  let from = 0;
  while (placed.length - from > full) {
    const to = cutWithin(placed, from + Math.ceil(filled * full), from + full);
    blocks.push(placed.slice(from, to));
    from = to;
  }
  return [...blocks, placed.slice(from)];
}

/** As few chunks as can hold the block: half of them before the cut, half of them after it. */
function halved<T>(block: Placed<T>[], most: number): Placed<T>[][] {
  const count = Math.ceil(block.length / most);
  if (count <= 1) return block.length === 0 ? [] : [block];
  const before = Math.floor(count / 2);
  const cut = cutWithin(block, block.length - (count - before) * most, before * most);
  return [...halved(block.slice(0, cut), most), ...halved(block.slice(cut), most)];
}

/** How many items to have before a cut: at least `least`, at most `most`. */
function cutWithin(placed: readonly Placed<unknown>[], least: number, most: number): number {
  let found = least;
  for (let count = least + 1; count <= most; count++) {
    if (placed[count - 1]!.cut < placed[found - 1]!.cut) found = count;
  }
  return found;
}

/** Stays as it is while the chunk's ends move, unless the one item that it is taken from goes. */
const markOf = (chunk: readonly Placed<unknown>[]): string =>
  chunk.reduce((least, { mark }) => (mark < least ? mark : least), chunk[0]!.mark);

/** Marks are alike where names are, or by a rare chance. */
function unique(mark: string, taken: Set<string>): string {
  let name = mark;
  for (let count = 2; taken.has(name); count++) name = `${mark}-${count}`;
  taken.add(name);
  return name;
}

function hashesOf(name: string): Pick<Placed<unknown>, "place" | "cut" | "mark"> {
  const hash = createHash("sha256").update(name).digest();
  return { place: hash.readUIntBE(0, 6), cut: hash.readUIntBE(6, 6), mark: hash.toString("hex", 12, 16) };
}
