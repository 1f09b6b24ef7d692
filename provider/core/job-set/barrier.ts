/** Lets all who take part go on once each of them has come or left. */
export class Barrier {
  private readonly waiting: (() => void)[] = [];

  /** `expected`: how many take part. */
  constructor(private expected: number) {}

  /** One of those who take part. */
  join(): { come: () => Promise<void>; leave: () => void } {
    let counts = true;
    const leave = () => {
      if (counts) this.expected--;
      counts = false;
      if (this.expected === 0) for (const go of this.waiting.splice(0)) go();
    };
    const come = () =>
      new Promise<void>((go) => {
        this.waiting.push(go);
        leave();
      });
    return { come, leave };
  }
}
