/** Lets all who take part go on once each of them has come or left. */
export class Barrier {
  private readonly waiting: (() => void)[] = [];

  /** `expected`: how many take part. */
  constructor(private expected: number) {}

  /** One of those who take part. */
  join(): { come: () => Promise<void>; leave: () => void } {
    let counts = true;
    const count = () => {
      if (!counts) return;
      counts = false;
      this.expected--;
      if (this.expected === 0) for (const go of this.waiting.splice(0)) go();
    };
    return {
      come: () =>
        new Promise((go) => {
          this.waiting.push(go);
          count();
          if (this.expected === 0) for (const each of this.waiting.splice(0)) each();
        }),
      leave: count,
    };
  }
}
