import { formatDuration } from "../core/duration";
import type { Reporter } from "../core/ports";
import type { Engine, Severity } from "./engine";

/** Milliseconds for which a step is not shown: of a job that is over at once the end alone is worth a message. */
const passing = 250;
/** Milliseconds between two messages about the same step. */
const shortestPause = 1_000;
/** Milliseconds after which a status that has not changed is shown again, with how long it has lasted. */
const repeatAfter = 10_000;

/** Runs what reports, and ends when the last of it has been shown on the resource's row. */
export async function reporting<T>(
  engine: Engine,
  { __urn }: Readonly<Record<string, unknown>>,
  run: (reporter: EngineReporter) => Promise<T>,
): Promise<T> {
  const reporter = new EngineReporter(engine, __urn as string | undefined);
  try {
    return await run(reporter);
  } finally {
    await reporter.done();
  }
}

/** Shows on a resource's own row what is being done with it, and for how long. */
export class EngineReporter implements Reporter {
  private text = "";
  private shown = "";
  private since = 0;
  private shownAt = 0;
  private showsAt = Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Messages go one after another; of statuses that come meanwhile the last alone is shown. */
  private sending: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(
    private readonly engine: Pick<Engine, "log">,
    private readonly urn: string | undefined,
    private readonly unshown = passing,
  ) {}

  status(text: string): void {
    const now = Date.now();
    const [step, before] = [text, this.text].map((line) => line.split(",")[0]);
    if (step !== before) this.since = now;
    this.text = text;
    // What changes by the megabyte is shown by the second. Of steps that follow each other fast, some are passed over.
    const lasted = this.since + this.unshown;
    this.showBy(step !== before ? lasted : Math.max(lasted, this.shownAt + shortestPause));
  }

  note(text: string): void {
    this.keep("INFO", text);
  }

  warn(text: string): void {
    this.keep("WARNING", text);
  }

  /** Ends when the last status has been shown, which the engine leaves on the row. None that comes later is shown. */
  async done(): Promise<void> {
    if (this.text !== this.shown) this.show();
    clearTimeout(this.timer);
    this.showsAt = -Infinity;
    await this.sending;
  }

  private keep(severity: Severity, text: string): void {
    this.sending = this.sending.then(() => this.engine.log(severity, text, this.urn, false));
  }

  private showBy(moment: number): void {
    if (moment >= this.showsAt) return;
    this.showsAt = moment;
    clearTimeout(this.timer);
    const rest = moment - Date.now();
    if (rest <= 0) return this.show();
    this.timer = setTimeout(() => this.show(), rest).unref();
  }

  private show(): void {
    this.shownAt = Date.now();
    this.showsAt = Infinity;
    this.showBy(this.shownAt + repeatAfter);
    if (this.waiting) return;
    this.waiting = true;
    this.sending = this.sending.then(() => {
      this.waiting = false;
      this.shown = this.text;
      const lasted = Date.now() - this.since;
      const suffix = lasted >= shortestPause ? ` (${formatDuration(lasted)})` : "";
      return this.engine.log("INFO", this.text + suffix, this.urn, true);
    });
  }
}
