/** The only source of randomness: for ids and for faults with a probability. */
import { createHash, randomBytes } from "node:crypto";

/** With a seed, the same calls in the same order return the same values. */
export class SeededRandom {
  #drawn = 0;

  constructor(private readonly seed: string = randomBytes(16).toString("hex")) {}

  /** An id in the service's form: 32 lower-case hexadecimal digits. */
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
