/**
 * A map whose keys stand in S3's order, which is that of their UTF-8 bytes. Keys are kept in blocks of bounded length, so
 * that adding one moves few others however many there are and in whatever order they come.
 */

const maxBlockLength = 1024;

/** Compares by code point, which is the order of UTF-8 bytes and not that of JavaScript's strings. */
export function compareKeys(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    if (one !== other) return rank(one) - rank(other);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others; the units from U+E000 on come after them only in UTF-16. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  /** Ascending, within and across blocks; none is empty. */
  readonly #blocks: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Gives what stood there before. */
  set(key: string, value: V): V | undefined {
    const before = this.#values.get(key);
    this.#values.set(key, value);
    if (before === undefined) this.#insert(key);
    return before;
  }

  /** Gives what stood there. */
  delete(key: string): V | undefined {
    const before = this.#values.get(key);
    if (before === undefined) return undefined;
    this.#values.delete(key);
    const [block, at] = this.#seek((other) => compareKeys(other, key) < 0);
    this.#blocks[block]!.splice(at, 1);
    if (this.#blocks[block]!.length === 0) this.#blocks.splice(block, 1);
    return before;
  }

  /**
   * Keys with their values in order, from the first key that is not before; `isBefore` must hold for all keys up to some
   * place and for none after. The map must not change meanwhile.
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
    // Behind the last key of all, the last block goes on.
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

/** The first index for which the condition no longer holds. */
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
