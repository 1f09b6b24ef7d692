/**
 * Shares items out to jobs of limited size so that a change touches few of them. Each item has its place by a hash
 * of its name, as in a binary tree that splits a leaf when it is full: one item more changes one leaf, or splits one.
 */
import { createHash } from "node:crypto";

export interface Chunk<T> {
  /** Tells the chunk from the others for as long as it exists: empty for the first, else binary digits. */
  readonly name: string;
  readonly items: readonly T[];
}

/** Every item in one chunk, at most `most` in each, in the order of the chunks' names and of the items given. */
export function chunksOf<T>(items: readonly T[], nameOf: (item: T) => string, most: number): Chunk<T>[] {
  if (items.length === 0) return [];
  const placed = items.map((item) => ({ item, bits: bitsOf(nameOf(item)) }));
  return split(placed, "", most);
}

interface Placed<T> {
  readonly item: T;
  readonly bits: string;
}

function split<T>(placed: readonly Placed<T>[], path: string, most: number): Chunk<T>[] {
  // A half that nothing fell into is no job.
  if (placed.length === 0) return [];
  if (placed.length <= most) return [{ name: stable(path), items: placed.map(({ item }) => item) }];
  // Beyond the last bit items are alike in name, and only cutting is left.
  if (path.length === placed[0]!.bits.length) {
    return [
      { name: `${path}.${placed.length}`, items: placed.slice(0, most).map(({ item }) => item) },
      ...split(placed.slice(most), path, most),
    ];
  }
  const [left, right] = ["0", "1"].map((bit) => placed.filter(({ bits }) => bits[path.length] === bit));
  return [...split(left!, `${path}0`, most), ...split(right!, `${path}1`, most)];
}

/** The left half of a leaf that splits keeps the leaf's name, so that a split makes one job and changes one. */
const stable = (path: string): string => path.replace(/0+$/, "");

const bitsOf = (name: string): string =>
  [...createHash("sha256").update(name).digest().subarray(0, 8)]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
