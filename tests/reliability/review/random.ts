/** Choices that a seed makes, the same each time. */
import { SeededRandom } from "../../../emulator/control/seeded-random";

export class Random {
  private readonly chance: SeededRandom;

  constructor(seed: string) {
    this.chance = new SeededRandom(seed);
  }

  private last = 0;
  /** Another number each time. */
  next(): number {
    return (this.last += 1);
  }

  /** A whole number from 0 on. */
  below(limit: number): number {
    return Math.floor(this.chance.fraction() * limit);
  }

  oneIn(many: number): boolean {
    return this.below(many) === 0;
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}
