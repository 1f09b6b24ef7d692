/** Keeps the jobs of a type within the service's quota of concurrent jobs. */
import { backoffDelay } from "../../lib/backoff";
import { formatDuration } from "../../lib/duration";
import type { Message } from "../../lib/message-code";
import type { ServiceJob } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types";
import { WaitTimeoutError, isFailure } from "./errors";
import type { Semaphore } from "./locks";
import type { Clock, Coordination, Release, Reporter } from "./ports";

/** State that all jobs of a session share. */
export interface ConcurrencyState {
  readonly clock: Clock;
  /** Aborted when the operation must stop. Only an operation's own view of the session has it. */
  readonly signal?: AbortSignal;
  /** For what holds within the session. */
  readonly semaphore: Semaphore;
  /** For what holds within the account and region, whichever session and process a job belongs to. */
  readonly coordination: Pick<Coordination, "acquire">;
  /** Region and endpoint of the service, as one text. */
  readonly scope: string;
  /** By job type. */
  readonly parallelismHints: Map<string, ParallelismHint>;
  /** How many resources Pulumi works on at once by default. */
  readonly parallelism: number;
  /** Quotas of concurrent jobs that differ from the job type table, by type. */
  readonly quotas: Readonly<Record<string, number>>;
}

/** Start of the status of a job that waits for a slot. */
export const waitingForSlot = "waiting for a slot";

/**
 * The slots of one job. As many jobs of a type run at once as the quota allows. The same number is prepared meanwhile, so
 * that a free slot needs only a StartJob.
 */
export class JobSlots {
  private releasePrepared: Release | undefined;
  private releaseRun: Release | undefined;

  constructor(
    private readonly type: string,
    /** `timeouts.queue` in milliseconds. */
    private readonly timeout: number,
    private readonly state: ConcurrencyState,
    private readonly reporter: Reporter,
  ) {}

  /** Waits until the job may be created. */
  async acquirePreparation(): Promise<void> {
    this.releasePrepared ??= (await this.acquire(this.state.semaphore, `ready ${this.type}`)).release;
  }

  /**
   * Waits until the job may be started. The ARN of a job begins with its region and account, which have the quota: two
   * profiles may belong to one account.
   */
  async acquireRun({ arn }: ServiceJob): Promise<void> {
    if (this.releaseRun) return;
    const { coordination, scope } = this.state;
    const [account] = arn.split(":jobs/");
    const acquired = await this.acquire(coordination, `run ${this.type} ${account} ${scope}`);
    this.releaseRun = acquired.release;
    const hint = this.hint.recordStart(this.quota, acquired.hasWaited);
    if (hint) this.reporter.note(hint);
  }

  releasePreparation(): void {
    this.releasePrepared?.();
    this.releasePrepared = undefined;
  }

  release(): void {
    this.releasePreparation();
    if (!this.releaseRun) return;
    this.releaseRun();
    this.releaseRun = undefined;
    this.hint.recordEnd();
  }

  private get quota(): number {
    const { type, concurrency } = jobTypeOf(this.type);
    return this.state.quotas[type] ?? concurrency.value;
  }

  private get hint(): ParallelismHint {
    const { parallelismHints, clock, parallelism } = this.state;
    const hint = parallelismHints.get(this.type) ?? new ParallelismHint(clock, parallelism);
    parallelismHints.set(this.type, hint);
    return hint;
  }

  private async acquire(
    permits: Pick<Coordination, "acquire">,
    key: string,
  ): Promise<{ release: Release; hasWaited: boolean }> {
    const { quota, timeout } = this;
    const { signal } = this.state;
    let hasWaited = false;
    const onWait = (ahead: number) => {
      hasWaited = true;
      this.reporter.status(
        `${waitingForSlot}: ${quota} jobs of this type may run at once, ${ahead} wait ahead`,
      );
    };
    const release = await permits.acquire(key, quota, timeout, onWait, signal);
    if (release) return { release, hasWaited };
    signal?.throwIfAborted();
    throw new WaitTimeoutError({
      code: "queue-timeout",
      text: `No slot became free within ${formatDuration(timeout)} (timeouts.queue). Run \`pulumi up\` again, or raise the timeout.`,
    });
  }
}

/** Intervals of retries while the account's quota is used up; milliseconds. */
const quotaBackoff = { base: 2_000, cap: 30_000 };

/** Only a limit of concurrent jobs passes when jobs end. */
const isConcurrencyLimit = (error: unknown): boolean =>
  isFailure(error, "limit") && (error.facts.limitName ?? "Concurrent").startsWith("Concurrent");

/** Repeats the call while the account's quota of concurrent jobs is used up, because other stacks have jobs as well. */
export async function retryWhileQuotaExceeded<T>(
  { clock, reporter, timeouts }: { clock: Clock; reporter: Reporter; timeouts: { queue: number } },
  call: () => Promise<T>,
): Promise<T> {
  const giveUpAt = clock.now() + timeouts.queue;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const delay = backoffDelay(attempt, quotaBackoff);
      if (!isConcurrencyLimit(error) || clock.now() + delay > giveUpAt) throw error;
      reporter.status("waiting for the account's other jobs of this type to end");
      await clock.sleep(delay);
    }
  }
}

/** A job that starts at most this many milliseconds after another's end was probably waiting for it. */
const maxGapMs = 500;
/** Occurrences after which it is no coincidence. */
const minOccurrences = 3;

/**
 * Detects that Pulumi's `--parallel` keeps jobs of a type below the service's quota: exactly that many run at once, and
 * the next job starts whenever one ends.
 */
export class ParallelismHint {
  private running = 0;
  private endedAt = -Infinity;
  private occurrences = 0;

  constructor(
    private readonly clock: Clock,
    /** How many resources Pulumi works on at once by default. */
    private readonly parallelism: number,
  ) {}

  /** Returns a hint once, when it is due. A job that has waited for a slot was limited by the quota. */
  recordStart(quota: number, hasWaited = false): Message | undefined {
    this.running++;
    const isNext = !hasWaited && this.clock.now() - this.endedAt < maxGapMs;
    if (this.parallelism >= quota || this.running !== this.parallelism || !isNext) return undefined;
    this.occurrences++;
    if (this.occurrences !== minOccurrences) return undefined;
    return {
      code: "parallelism-below-quota",
      text:
        `Pulumi works on ${this.parallelism} resources at once, so at most ${this.parallelism} jobs run at once, although ` +
        `the quota allows ${quota}. Use \`pulumi up --parallel ${2 * quota}\`, or one JobSet in place of many Jobs.`,
    };
  }

  recordEnd(): void {
    // If more jobs run than the default, `--parallel` is set already, or a JobSet runs them.
    if (this.running > this.parallelism) this.occurrences = -Infinity;
    this.running--;
    this.endedAt = this.clock.now();
  }
}
