/**
 * A map sorted in S3's order, by the UTF-8 bytes of keys. Keys are stored in blocks of bounded length, so that an insertion
 * moves few keys.
 */

const maxBlockLength = 1024;

/** Compares by code point, which is the order of UTF-8 bytes but not of JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    if (one !== other) return rank(one) - rank(other);
  }
  return left.length - right.length;
}

/** Ranks surrogates, which encode the highest code points, above the code units from U+E000 on. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  /** Sorted within and across blocks; no block is empty. */
  readonly #blocks: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Returns the previous value. */
  set(key: string, value: V): V | undefined {
    const previous = this.#values.get(key);
    this.#values.set(key, value);
    if (previous === undefined) this.#insert(key);
    return previous;
  }

  /** Returns the deleted value. */
  delete(key: string): V | undefined {
    const previous = this.#values.get(key);
    if (previous === undefined) return undefined;
    this.#values.delete(key);
    const [block, at] = this.#seek((other) => compareKeys(other, key) < 0);
    this.#blocks[block]!.splice(at, 1);
    if (this.#blocks[block]!.length === 0) this.#blocks.splice(block, 1);
    return previous;
  }

  /**
   * Yields entries from the first key for which `isBefore` is false; it must be true for all keys before that one and
   * false for all after. The map must not change meanwhile.
   */
  *entriesFrom(isBefore: (key: string) => boolean): Generator<readonly [string, V]> {
    const [start, first] = this.#seek(isBefore);
    for (let block = start; block < this.#blocks.length; block += 1) {
      const keys = this.#blocks[block]!;
      for (let at = block === start ? first : 0; at < keys.length; at += 1) {
        yield [keys[at]!, this.#values.get(keys[at]!)!];
      }
    }
  }

  #insert(key: string): void {
    const [found, at] = this.#seek((other) => compareKeys(other, key) < 0);
    // A key after all others is appended to the last block.
    const index = found === this.#blocks.length && found > 0 ? found - 1 : found;
    const block = (this.#blocks[index] ??= []);
    block.splice(found === index ? at : block.length, 0, key);
    if (block.length > maxBlockLength) this.#blocks.splice(index + 1, 0, block.splice(maxBlockLength / 2));
  }

  #seek(isBefore: (key: string) => boolean): readonly [block: number, at: number] {
    const block = lowerBound(this.#blocks.length, (index) => isBefore(this.#blocks[index]!.at(-1)!));
    const keys = this.#blocks[block] ?? [];
    return [block, lowerBound(keys.length, (index) => isBefore(keys[index]!))];
  }
}

/** Binary search for the first index at which the condition is false. */
function lowerBound(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
