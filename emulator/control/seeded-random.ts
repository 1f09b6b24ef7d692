/** The one source of what looks random: ids, and whether a fault of some likelihood strikes. */
import { createHash, randomBytes } from "node:crypto";

/** With a seed, the same calls in the same order give the same answers. */
export class SeededRandom {
  #drawn = 0;

  constructor(private readonly seed: string = randomBytes(16).toString("hex")) {}

  /** An id as the service makes them: 32 lower-case hexadecimal digits. */
  id(): string {
    return this.#draw().slice(0, 32);
  }

  /** From 0 up to 1, without 1. */
  fraction(): number {
    return parseInt(this.#draw().slice(0, 12), 16) / 2 ** 48;
  }

  #draw(): string {
    return createHash("sha256")
      .update(`${this.seed}:${(this.#drawn += 1)}`)
      .digest("hex");
  }
}
