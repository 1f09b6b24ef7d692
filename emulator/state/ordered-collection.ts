/**
 * Items kept in order and found by id. Finding takes constant time, a page takes as long as it is long, and both
 * stay so however much is stored.
 */
export interface Page<T> {
  readonly items: readonly T[];
  /** Sort key of the last item when more follow. */
  readonly next?: string;
}

interface Held<T> {
  readonly item: T;
  readonly key: string;
}

export class OrderedCollection<T extends { readonly id: string }> {
  readonly #byId = new Map<string, Held<T>>();
  /** Ascending by key. Items mostly come with the highest key, which makes adding an append. */
  readonly #ordered: Held<T>[] = [];
  #added = 0;

  /** Without `sortedBy`, items stand in the order in which they were added. */
  constructor(
    private readonly sortedBy: (item: T) => string = () => "",
    /** Beyond so many the lowest goes. */
    private readonly most = Infinity,
  ) {}

  get size(): number {
    return this.#ordered.length;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)?.item;
  }

  add(item: T): void {
    // The count makes keys of equal names distinct; the separator sorts a name before its own continuations.
    const key = `${this.sortedBy(item)}\0${String((this.#added += 1)).padStart(12, "0")}`;
    const held = { item, key };
    this.#byId.set(item.id, held);
    this.#ordered.splice(this.#firstNotBelow(key), 0, held);
    if (this.size > this.most) this.delete(this.#ordered[0]!.item.id);
  }

  delete(id: string): void {
    const held = this.#byId.get(id);
    if (!held) return;
    this.#byId.delete(id);
    this.#ordered.splice(this.#firstNotBelow(held.key), 1);
  }

  /** Every item, lowest key first. */
  all(): T[] {
    return this.#ordered.map(({ item }) => item);
  }

  /** Items from the highest key down, or from just below `below`. */
  page(size: number, below?: string): Page<T> {
    const end = below === undefined ? this.#ordered.length : this.#firstNotBelow(below);
    const start = Math.max(0, end - size);
    const found = this.#ordered.slice(start, end).reverse();
    const items = found.map(({ item }) => item);
    return start > 0 ? { items, next: found.at(-1)!.key } : { items };
  }

  #firstNotBelow(key: string): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ordered[middle]!.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Items found by what they are about, each group in the order of adding. */

export class GroupedCollection<T extends { readonly id: string }> {
  readonly #groups = new Map<string, OrderedCollection<T>>();

  /** The items about something; none is an empty shelf. */
  of(about: string): OrderedCollection<T> {
    return this.#groups.get(about) ?? new OrderedCollection<T>();
  }

  add(about: string, item: T): void {
    let group = this.#groups.get(about);
    if (!group) this.#groups.set(about, (group = new OrderedCollection<T>()));
    group.add(item);
  }

  delete(about: string, id: string): void {
    const group = this.#groups.get(about);
    group?.delete(id);
    if (group?.size === 0) this.#groups.delete(about);
  }
}
