/** Bounds the number of stored jobs of all accounts and regions, because a caller may create any number. */
import { throttled } from "./api-error";
import type { Job } from "./records";

/** Maximum of stored jobs, and of characters in their requests. */
const maxJobs = 10_000;
const maxCharacters = 32 * 1024 ** 2;

interface StoredJob {
  readonly characters: number;
  /** Whether the state of the job is final. */
  readonly hasEnded: () => boolean;
  readonly remove: () => void;
}

export class JobRecords {
  /** By id, oldest first. */
  readonly #stored = new Map<string, StoredJob>();
  #characters = 0;

  /** Deletes ended jobs, the oldest first, until there is room. Throws ThrottlingException if too few have ended. */
  makeRoom(): void {
    if (!this.#isFull()) return;
    for (const [id, { characters, hasEnded, remove }] of this.#stored) {
      if (!hasEnded()) continue;
      remove();
      this.#stored.delete(id);
      this.#characters -= characters;
      if (!this.#isFull()) return;
    }
    throw throttled(
      "The local service stores no more jobs; start or cancel waiting jobs, or wait until running jobs end.",
    );
  }

  add({ id, details, assetConfiguration }: Job, hooks: Pick<StoredJob, "hasEnded" | "remove">): void {
    const characters = JSON.stringify([details, assetConfiguration]).length;
    this.#stored.set(id, { ...hooks, characters });
    this.#characters += characters;
  }

  #isFull(): boolean {
    return this.#stored.size >= maxJobs || this.#characters >= maxCharacters;
  }
}
