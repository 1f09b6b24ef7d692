/** The jobs of all accounts and regions together, and how many of them are kept: a caller may make any number. */
import { throttled } from "../http/service-error";
import type { Job } from "./records";

/** What is kept at most: so many jobs, with so many characters in what was asked of them. */
const maxJobs = 10_000;
const maxCharacters = 32 * 1024 ** 2;

interface Kept {
  readonly characters: number;
  /** Whether nothing more can become of the job. */
  readonly hasEnded: () => boolean;
  readonly forget: () => void;
}

export class JobRecords {
  /** By the job's id; the oldest first. */
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  /** Makes room by forgetting jobs that have ended, the oldest first. Throws the service's answer when too few have. */
  makeRoom(): void {
    if (!this.#isFull()) return;
    for (const [id, { characters, hasEnded, forget }] of this.#kept) {
      if (!hasEnded()) continue;
      forget();
      this.#kept.delete(id);
      this.#characters -= characters;
      if (!this.#isFull()) return;
    }
    throw throttled(
      "The local service keeps no more jobs that wait or run; start, cancel or await some of those that there are.",
    );
  }

  add({ id, details, assetConfiguration }: Job, hooks: Pick<Kept, "hasEnded" | "forget">): void {
    const characters = JSON.stringify([details, assetConfiguration]).length;
    this.#kept.set(id, { ...hooks, characters });
    this.#characters += characters;
  }

  #isFull(): boolean {
    return this.#kept.size >= maxJobs || this.#characters >= maxCharacters;
  }
}
