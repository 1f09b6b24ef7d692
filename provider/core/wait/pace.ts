/** How often a job that runs is looked at: its end is known within 1 s or 3 % of its age, whichever is more. */
const floor = 1_000;
const share = 0.03;

/** A pace that the service refused is doubled up to this factor, and comes back step by step. */
const slowest = 32;

export class Pace {
  private factor = 1;

  /** Milliseconds to the next look at a job of the given age. */
  interval(age: number): number {
    return this.factor * Math.max(floor, share * Math.max(0, age));
  }

  slowDown(): void {
    this.factor = Math.min(slowest, this.factor * 2);
  }

  speedUp(): void {
    this.factor = Math.max(1, this.factor * 0.75);
  }
}
