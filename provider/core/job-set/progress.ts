import { waitingForSlot } from "../concurrency";
import type { Reporter } from "../ports";

/** Summarises the progress of many jobs on the one row of their resource. */
export class SetReporter {
  private readonly inProgress = new Set<string>();
  private completed = 0;

  constructor(
    private readonly reporter: Reporter,
    private readonly count: number,
  ) {}

  /** The reporter of one job. A set of one job shows its messages unchanged. */
  of(name: string): Reporter {
    if (this.count === 1) return this.reporter;
    return {
      status: (text) => {
        if (text.startsWith(waitingForSlot)) this.inProgress.delete(name);
        else this.inProgress.add(name);
        this.show();
      },
      note: ({ code, text }) => this.reporter.note({ code, text: `${name}: ${text}` }),
      warn: ({ code, text }) => this.reporter.warn({ code, text: `${name}: ${text}` }),
    };
  }

  end(name: string, isCompleted: boolean): void {
    this.inProgress.delete(name);
    if (isCompleted) this.completed++;
    if (this.count > 1) this.show();
  }

  private show(): void {
    const { size } = this.inProgress;
    // Pulumi leaves the last status on the finished row.
    if (this.completed === this.count) return this.reporter.status(`${this.count} jobs completed`);
    this.reporter.status(
      `running ${this.count} jobs, ${this.completed} completed` + (size > 0 ? `, ${size} in progress` : ""),
    );
  }
}

/** Lets all participants continue once each of them has arrived or left. */
export class Barrier {
  private readonly waiting: (() => void)[] = [];

  constructor(private expected: number) {}

  /** Joins one participant. */
  join(): { arrive: () => Promise<void>; leave: () => void } {
    let isExpected = true;
    const leave = () => {
      if (isExpected) this.expected--;
      isExpected = false;
      if (this.expected === 0) for (const resume of this.waiting.splice(0)) resume();
    };
    const arrive = () =>
      new Promise<void>((resume) => {
        this.waiting.push(resume);
        leave();
      });
    return { arrive, leave };
  }
}
