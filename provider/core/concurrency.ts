import type { JobInputs } from "./arguments";
import { timeoutsOf } from "./arguments";
import { jobTypeOf } from "../../service-model/job-types";
import type { Clock, Reporter } from "./ports";
import type { Session } from "./session";
import type { Release } from "../../lib/semaphore";
import { isFailure } from "./errors";
import { backoffDelay } from "../../lib/backoff";

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

/** How often the service is asked whether it has room again. */
const backoff = { base: 2_000, cap: 30_000 };

interface Waiting {
  clock: Clock;
  reporter: Reporter;
  timeouts: { queue: number };
}

/** Jobs end and make room; other limits stay reached however long one waits. */
const passes = (error: unknown): boolean =>
  isFailure(error, "limit") && (error.facts.limitName ?? "Concurrent").startsWith("Concurrent");

/** Calls again while a limit of the account is reached: other stacks and people have jobs in progress, too. */
export async function waitForRoom<T>(
  { clock, reporter, timeouts }: Waiting,
  call: () => Promise<T>,
): Promise<T> {
  const giveUpAt = clock.now() + timeouts.queue;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const delay = backoffDelay(attempt, backoff);
      if (!passes(error) || clock.now() + delay > giveUpAt) throw error;
      reporter.status("waiting for the account's other jobs of this type to end");
      await clock.sleep(delay);
    }
  }
}

/** Milliseconds within which the next job begins where it has waited for nothing but the end of another one. */
const atOnce = 500;
/** So many times, and it is no accident. */
const enough = 3;

/**
 * Notices that Pulumi's own parallelism keeps jobs of a type below the service's quota: as many run as Pulumi works on
 * resources at once, and whenever one ends the next begins.
 */
export class HeldBack {
  private running = 0;
  private endedAt = -Infinity;
  private times = 0;

  /** `parallelism`: how many resources Pulumi works on at once unless it is told otherwise. */
  constructor(
    private readonly clock: Clock,
    private readonly parallelism: number,
  ) {}

  /** A job has begun. A sentence where it is time to say so, which is once. */
  began(quota: number): string | undefined {
    this.running++;
    const isNext = this.clock.now() - this.endedAt < atOnce;
    if (this.parallelism >= quota || this.running !== this.parallelism || !isNext) return undefined;
    this.times++;
    if (this.times !== enough) return undefined;
    return (
      `Pulumi works on ${this.parallelism} resources at once here, so no more than ${this.parallelism} jobs run at ` +
      `once, and the service's quota is ${quota}. \`pulumi up --parallel ${2 * quota}\` uses all of it, and so does one ` +
      "JobSet in place of many Jobs."
    );
  }

  ended(): void {
    // More than Pulumi works on at once by itself: it was told otherwise, or a JobSet runs them.
    if (this.running > this.parallelism) this.times = -Infinity;
    this.running--;
    this.endedAt = this.clock.now();
  }
}
