import type { JobInputs } from "../inputs/job-inputs";
import { timeoutsOf } from "../inputs/job-inputs";
import { jobTypeOf } from "../../model/job-types";
import type { Reporter } from "../ports";
import type { Session } from "../session";
import type { Release } from "./turns";

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
    this.endRun ??= await this.take("running");
  }

  started(): void {
    this.endPreparation?.();
    this.endPreparation = undefined;
  }

  leave(): void {
    this.started();
    this.endRun?.();
    this.endRun = undefined;
  }

  private take(line: string): Promise<Release> {
    const { type, concurrency } = jobTypeOf(this.inputs.type);
    const { turns, quotas } = this.session;
    const quota = quotas[type] ?? concurrency.value;
    return turns.take(`${line} ${type}`, quota, timeoutsOf(this.inputs).queue, (ahead) =>
      this.reporter.status(
        `waiting for its turn: ${quota} jobs of this type may run at once, ${ahead} wait ahead`,
      ),
    );
  }
}
