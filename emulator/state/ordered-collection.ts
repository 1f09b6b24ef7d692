/**
 * Items in order, with access by id. Finding an item takes constant time, and a page takes time in proportion to its
 * length, however many items are stored.
 */
export interface Page<T> {
  readonly items: readonly T[];
  /** Sort key of the last item if more follow. */
  readonly next?: string;
}

interface Held<T> {
  readonly item: T;
  readonly key: string;
}

export class OrderedCollection<T extends { readonly id: string }> {
  readonly #byId = new Map<string, Held<T>>();
  /** Ascending by key. New items mostly have the highest key and are appended. */
  readonly #ordered: Held<T>[] = [];
  #added = 0;

  /** Without `sortedBy`, items are in the order of adding. */
  constructor(
    private readonly sortedBy: (item: T) => string = () => "",
    /** An item beyond this number deletes the lowest. */
    private readonly maxSize = Infinity,
  ) {}

  get size(): number {
    return this.#ordered.length;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)?.item;
  }

  add(item: T): void {
    // The count makes keys of equal names distinct; the separator sorts a name before longer names that begin with it.
    const key = `${this.sortedBy(item)}\0${String((this.#added += 1)).padStart(12, "0")}`;
    const held = { item, key };
    this.#byId.set(item.id, held);
    this.#ordered.splice(this.#firstNotBelow(key), 0, held);
    if (this.size > this.maxSize) this.delete(this.#ordered[0]!.item.id);
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

  /** Items in descending order, from the highest key or from the highest below `below`. */
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

/** Items in groups, each in the order of adding. */
export class GroupedCollection<T extends { readonly id: string }> {
  readonly #groups = new Map<string, OrderedCollection<T>>();

  /** The items of a group, which may be empty. */
  of(name: string): OrderedCollection<T> {
    return this.#groups.get(name) ?? new OrderedCollection<T>();
  }

  add(name: string, item: T): void {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = new OrderedCollection<T>()));
    group.add(item);
  }

  delete(name: string, id: string): void {
    const group = this.#groups.get(name);
    group?.delete(id);
    if (group?.size === 0) this.#groups.delete(name);
  }
}
