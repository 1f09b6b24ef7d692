import { formatDuration } from "../../lib/duration";
import type { Message } from "../../lib/message-code";
import { withCode } from "../../lib/message-code";
import type { Reporter } from "../core/ports";
import type { Engine, Severity } from "./engine";

/** Milliseconds for which a new step is not shown, so that a job that ends at once shows only its end. */
const passing = 250;
/** Minimum milliseconds between two messages about the same step. */
const minPauseMs = 1_000;

/**
 * Milliseconds after which a step with progress is shown again. Output that is not a terminal keeps a line for each message,
 * so the pauses grow with the duration of the step.
 */
const pauseOfProgress = (lasted: number): number => Math.max(minPauseMs, lasted / 20);

/** Milliseconds after which an unchanged status is shown again with its duration. */
const pauseOfWait = (lasted: number): number => Math.min(Math.max(10_000, lasted), 600_000);

/** Runs an operation with a reporter, and resolves after its last message was shown on the resource's row. */
export async function withReporter<T>(
  engine: Pick<Engine, "log">,
  urn: string | undefined,
  run: (reporter: EngineReporter) => Promise<T>,
): Promise<T> {
  const reporter = new EngineReporter(engine, urn);
  try {
    return await run(reporter);
  } finally {
    await reporter.done();
  }
}

/** Shows the present step of a resource on its row, with its duration. */
export class EngineReporter implements Reporter {
  private text = "";
  private shown = "";
  private since = 0;
  private shownAt = 0;
  private showsAt = Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Messages are sent one after another. Of the statuses that wait, only the last is shown. */
  private sending: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(
    private readonly engine: Pick<Engine, "log">,
    private readonly urn: string | undefined,
    private readonly unshown = passing,
  ) {}

  status(text: string): void {
    // A timer repeats an unchanged status.
    if (text === this.text) return;
    const now = Date.now();
    const [step, before] = [text, this.text].map((line) => line.split(",")[0]);
    if (step !== before) this.since = now;
    this.text = text;
    // Steps that pass quickly are skipped.
    const earliest = this.since + this.unshown;
    const next = this.shownAt + pauseOfProgress(now - this.since);
    this.showBy(step !== before ? earliest : Math.max(earliest, next));
  }

  note({ text, code }: Message): void {
    this.keep("INFO", withCode(text, code));
  }

  warn({ text, code }: Message): void {
    this.keep("WARNING", withCode(text, code));
  }

  /** Resolves after the last status was shown, which stays on the row. Later ones are ignored. */
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
    this.showBy(this.shownAt + pauseOfWait(this.shownAt - this.since));
    if (this.waiting) return;
    this.waiting = true;
    this.sending = this.sending.then(() => {
      this.waiting = false;
      this.shown = this.text;
      const lasted = Date.now() - this.since;
      const suffix = lasted >= minPauseMs ? ` (${formatDuration(lasted)})` : "";
      return this.engine.log("INFO", this.text + suffix, this.urn, true);
    });
  }
}
