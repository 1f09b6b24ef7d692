import type { JobInputs } from "./job-inputs";
import { timeoutsOf } from "./job-inputs";
import { jobTypeOf } from "../../service-model/job-types";
import type { Reporter } from "./ports";
import type { Session } from "./session";
import { HeldBack } from "./held-back";
import type { Release } from "../../lib/semaphore";

/** How the status of a job begins that waits for a place. */
export const waitingForTurn = "waiting for its turn";

/**
 * The places of one job among those of its type. As many run at once as the service's quota admits, and as many more are
 * made ready meanwhile, so that a place that becomes free is taken by a StartJob alone.
 */
export class Places {
  private endPreparation: Release | undefined;
  private endRun: Release | undefined;

  constructor(
    private readonly inputs: JobInputs,
    private readonly session: Session,
    private readonly reporter: Reporter,
  ) {}

  /** Waits until the job may be made ready. */
  async toPrepare(): Promise<void> {
    this.endPreparation ??= await this.take("ready");
  }

  /** Waits until the job may run. */
  async toRun(): Promise<void> {
    if (this.endRun) return;
    this.endRun = await this.take("running");
    const sentence = this.heldBack.began(this.quota);
    if (sentence !== undefined) this.reporter.note(sentence);
  }

  started(): void {
    this.endPreparation?.();
    this.endPreparation = undefined;
  }

  leave(): void {
    this.started();
    if (!this.endRun) return;
    this.endRun();
    this.endRun = undefined;
    this.heldBack.ended();
  }

  private get quota(): number {
    const { type, concurrency } = jobTypeOf(this.inputs.type);
    return this.session.quotas[type] ?? concurrency.value;
  }

  private get heldBack(): HeldBack {
    const { heldBack, clock, parallelism } = this.session;
    const known = heldBack.get(this.inputs.type) ?? new HeldBack(clock, parallelism);
    heldBack.set(this.inputs.type, known);
    return known;
  }

  private take(line: string): Promise<Release> {
    const { quota } = this;
    return this.session.turns.take(
      `${line} ${this.inputs.type}`,
      quota,
      timeoutsOf(this.inputs).queue,
      (ahead) =>
        this.reporter.status(
          `${waitingForTurn}: ${quota} jobs of this type may run at once, ${ahead} wait ahead`,
        ),
    );
  }
}
