import type { Reporter } from "../ports";
import { waitingForSlot } from "../concurrency";

/** Tells of many jobs on the one row of their resource. */
export class SetReporter {
  private readonly begun = new Set<string>();
  private completed = 0;

  constructor(
    private readonly reporter: Reporter,
    private readonly count: number,
  ) {}

  /** What one job has to tell. A set of one job tells all of it. */
  of(name: string): Reporter {
    if (this.count === 1) return this.reporter;
    return {
      status: (text) => {
        if (text.startsWith(waitingForSlot)) this.begun.delete(name);
        else this.begun.add(name);
        this.show();
      },
      note: (text) => this.reporter.note(`${name}: ${text}`),
      warn: (text) => this.reporter.warn(`${name}: ${text}`),
    };
  }

  end(name: string, hasCompleted: boolean): void {
    this.begun.delete(name);
    if (hasCompleted) this.completed++;
    if (this.count > 1) this.show();
  }

  private show(): void {
    const inProgress = this.begun.size;
    // The engine leaves the last status on the finished row.
    if (this.completed === this.count) return this.reporter.status(`${this.count} jobs completed`);
    this.reporter.status(
      `running ${this.count} jobs, ${this.completed} completed` +
        (inProgress > 0 ? `, ${inProgress} in progress` : ""),
    );
  }
}

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
