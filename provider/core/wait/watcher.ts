import { isFailure } from "../errors/service-error";
import { isUnfinished } from "../../model/job";
import type { ServiceJob } from "../../model/job";
import type { Clock, DataExchange } from "../ports";
import { Pace } from "./pace";
import { lookAt } from "./sweep";

interface Watch {
  job: ServiceJob;
  /** When the job began to run, by this process's clock. */
  readonly since: number;
  seenAt: number;
  readonly giveUpAt: number;
  readonly patience: number;
  readonly settle: (end: { job?: ServiceJob; error?: unknown }) => void;
}

export interface WatchOptions {
  /** Milliseconds until the wait is given up. */
  timeout: number;
  /** Milliseconds for which failing looks are borne. */
  patience: number;
}

/**
 * Watches every job in flight of one region together: one ListJobs sweep tells of all of them. Looks at the jobs one
 * by one where ListJobs is denied.
 */
export class JobWatcher {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly pace = new Pace();
  private wake = new AbortController();
  private loop: Promise<void> | undefined;
  private mayList = true;
  private failingSince: number | undefined;

  constructor(
    private readonly service: DataExchange,
    private readonly clock: Clock,
  ) {}

  /** The job once it has ended; nothing when the time ran out first. */
  async wait(job: ServiceJob, { timeout, patience }: WatchOptions): Promise<ServiceJob | undefined> {
    if (!isUnfinished(job.state)) return job;
    const now = this.clock.now();
    const end = await new Promise<{ job?: ServiceJob; error?: unknown }>((settle) => {
      const watch = { job, since: now, seenAt: now, giveUpAt: now + timeout, patience, settle };
      this.watches.set(job.id, (this.watches.get(job.id) ?? new Set()).add(watch));
      this.wake.abort();
      this.loop ??= this.run();
    });
    if (end.error !== undefined) throw end.error as Error;
    return end.job;
  }

  private async run(): Promise<void> {
    while (this.watches.size > 0) {
      this.wake = new AbortController();
      const rest = this.nextLook() - this.clock.now();
      if (rest > 0) {
        await this.clock.sleep(rest, this.wake.signal);
        continue;
      }
      await this.look();
      this.giveUpOverdue();
    }
    this.loop = undefined;
  }

  private all(): Watch[] {
    return [...this.watches.values()].flatMap((watches) => [...watches]);
  }

  private nextLook(): number {
    const now = this.clock.now();
    return Math.min(
      ...this.all().map((watch) =>
        Math.min(watch.giveUpAt, watch.seenAt + this.pace.interval(now - watch.since)),
      ),
    );
  }

  private async look(): Promise<void> {
    const jobs = this.all().map((watch) => watch.job);
    try {
      const found = await lookAt(this.service, jobs, this.mayList);
      this.failingSince = undefined;
      this.pace.speedUp();
      for (const job of jobs) this.tell(job.id, found.get(job.id));
    } catch (error) {
      this.bear(error);
    }
  }

  private tell(id: string, job: ServiceJob | Error | undefined): void {
    for (const watch of this.watches.get(id) ?? []) {
      watch.seenAt = this.clock.now();
      if (job instanceof Error) this.end(watch, { error: job });
      else if (job) {
        watch.job = job;
        if (!isUnfinished(job.state)) this.end(watch, { job });
      }
    }
  }

  /** A look that failed is made again later, at a slower pace, until a watch's patience is at its end. */
  private bear(error: unknown): void {
    const now = this.clock.now();
    if (this.mayList && isFailure(error, "accessDenied")) {
      this.mayList = false;
      return;
    }
    this.failingSince ??= now;
    this.pace.slowDown();
    const passing = isFailure(error, "throttled", "unavailable");
    for (const watch of this.all()) {
      watch.seenAt = now;
      if (!passing || now - this.failingSince > watch.patience) this.end(watch, { error });
    }
  }

  private giveUpOverdue(): void {
    const now = this.clock.now();
    for (const watch of this.all()) if (watch.giveUpAt <= now) this.end(watch, {});
  }

  private end(watch: Watch, end: { job?: ServiceJob; error?: unknown }): void {
    const watches = this.watches.get(watch.job.id);
    watches?.delete(watch);
    if (watches?.size === 0) this.watches.delete(watch.job.id);
    watch.settle(end);
  }
}
