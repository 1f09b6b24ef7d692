/** Items found by what they are about, each group in the order of adding. */
import { Shelf } from "./ordered-collection";

export class Groups<T extends { readonly id: string }> {
  readonly #groups = new Map<string, Shelf<T>>();

  /** The items about something; none is an empty shelf. */
  of(about: string): Shelf<T> {
    return this.#groups.get(about) ?? new Shelf<T>();
  }

  add(about: string, item: T): void {
    let group = this.#groups.get(about);
    if (!group) this.#groups.set(about, (group = new Shelf<T>()));
    group.add(item);
  }

  delete(about: string, id: string): void {
    const group = this.#groups.get(about);
    group?.delete(id);
    if (group?.size === 0) this.#groups.delete(about);
  }
}
