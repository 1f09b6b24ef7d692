/** How often a job that runs is looked at: its end is known within 1 s or 3 % of its age, whichever is more. */
const floor = 1_000;
const share = 0.03;

/** Each look that fails doubles the shortest pause, up to a minute; each that succeeds halves it again. */
const mostDoublings = 6;

export class Pace {
  private doublings = 0;

  /** Milliseconds to the next look at a job of the given age. */
  interval(age: number): number {
    return Math.max(this.pause(), share * Math.max(0, age));
  }

  /** Milliseconds that lie between any two looks, at the least. */
  pause(): number {
    return floor * 2 ** this.doublings;
  }

  slowDown(): void {
    this.doublings = Math.min(mostDoublings, this.doublings + 1);
  }

  speedUp(): void {
    this.doublings = Math.max(0, this.doublings - 1);
  }
}
