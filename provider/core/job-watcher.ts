import { isFailure } from "./errors";
import type { ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import type { Clock, DataExchange } from "./ports";
import type { Polled } from "./poll-jobs";
import { pollByList, pollEach } from "./poll-jobs";
import { maxLagMs } from "./retry";
import { PollSchedule } from "./poll-schedule";

interface Watch {
  job: ServiceJob;
  /** When the wait began; milliseconds of this machine's clock. */
  readonly since: number;
  seenAt: number;
  isPolled: boolean;
  readonly giveUpAt: number;
  readonly errorToleranceMs: number;
  failingSince?: number;
  /** Since when GetJob has not found the job. */
  missingSince?: number;
  readonly settle: (end: { job?: ServiceJob; error?: unknown }) => void;
}

export interface WatchOptions {
  /** Milliseconds after which the wait ends. */
  timeout: number;
  /** Milliseconds for which polls may fail. */
  errorToleranceMs: number;
  /** Once it is aborted, the wait ends with its reason. */
  signal?: AbortSignal;
}

/**
 * Polls all jobs in flight of one region together, with one ListJobs call. Calls GetJob for each job if ListJobs is
 * denied.
 */
export class JobWatcher {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly schedule = new PollSchedule();
  private wake = new AbortController();
  /** Breaks off the poll in progress. */
  private unneeded = new AbortController();
  private loop: Promise<void> | undefined;
  private mayList = true;
  /** Earliest time of the next poll. */
  private notBefore = 0;

  constructor(
    private readonly service: DataExchange,
    private readonly clock: Clock,
  ) {}

  /** Waits until an unfinished job ends, and returns it. Undefined if the timeout expires first. */
  async wait(
    job: ServiceJob,
    { timeout, errorToleranceMs, signal }: WatchOptions,
  ): Promise<ServiceJob | undefined> {
    signal?.throwIfAborted();
    const now = this.clock.now();
    const settled = new AbortController();
    const end = await new Promise<{ job?: ServiceJob; error?: unknown }>((settle) => {
      const watch = {
        job,
        since: now,
        seenAt: now,
        isPolled: false,
        giveUpAt: now + timeout,
        errorToleranceMs,
        settle,
      };
      this.watches.set(job.id, (this.watches.get(job.id) ?? new Set()).add(watch));
      const leave = () => {
        this.end(watch, { error: signal?.reason });
        this.wake.abort();
        if (!this.isWatching) this.unneeded.abort();
      };
      signal?.addEventListener("abort", leave, { signal: settled.signal });
      this.wake.abort();
      this.loop ??= this.run();
    });
    settled.abort();
    if (end.error !== undefined) throw end.error as Error;
    return end.job;
  }

  /** Whether any job is in flight. */
  get isWatching(): boolean {
    return this.watches.size > 0;
  }

  /** Receives jobs that another call has listed, which may have ended. */
  observe(jobs: readonly ServiceJob[]): void {
    for (const job of jobs) if (!isUnfinished(job.state)) this.update(job.id, job);
  }

  private async run(): Promise<void> {
    while (this.watches.size > 0) {
      this.wake = new AbortController();
      const rest = this.nextPollAt() - this.clock.now();
      if (rest > 0) {
        await this.clock.sleep(rest, this.wake.signal);
        continue;
      }
      await this.poll();
      this.giveUpOverdue();
    }
    this.loop = undefined;
  }

  private all(): Watch[] {
    return [...this.watches.values()].flatMap((watches) => [...watches]);
  }

  private nextPollAt(): number {
    const watches = this.all();
    const giveUpAt = Math.min(...watches.map((watch) => watch.giveUpAt));
    const dueAt = Math.min(...watches.map((watch) => this.dueAt(watch)));
    return Math.min(giveUpAt, Math.max(dueAt, this.notBefore));
  }

  private dueAt({ job, seenAt, since, isPolled }: Watch): number {
    const now = this.clock.now();
    // The clock went backwards. Poll now instead of waiting for it to catch up.
    if (seenAt > now) return now;
    const regular =
      seenAt + this.schedule.interval(job.type, now - since, isPolled ? seenAt - since : undefined);
    const expectedEnd = this.schedule.expectedEnd(job.type, since);
    return seenAt < expectedEnd ? Math.min(regular, expectedEnd) : regular;
  }

  private async poll(): Promise<void> {
    this.unneeded = new AbortController();
    const { signal: unneeded } = this.unneeded;
    const polled: Polled = {
      isWatched: (id) => this.watches.has(id),
      update: (id, job) => this.update(id, job),
      unneeded,
    };
    try {
      if (this.mayList) await pollByList(this.service, this.jobs(this.all()), polled);
      else await pollEach(this.service, this.dueJobs(), polled);
      this.schedule.recover();
    } catch (error) {
      if (!unneeded.aborted) this.handlePollError(error);
    }
  }

  /** In the order of their last polls. */
  private dueJobs(): ServiceJob[] {
    const now = this.clock.now();
    const due = this.all().filter((watch) => Math.min(this.dueAt(watch), watch.giveUpAt) <= now);
    return this.jobs(due.sort((a, b) => a.seenAt - b.seenAt));
  }

  private jobs(watches: readonly Watch[]): ServiceJob[] {
    return [...new Map(watches.map(({ job }) => [job.id, job])).values()];
  }

  private update(id: string, job: ServiceJob | Error): void {
    for (const watch of this.watches.get(id) ?? []) {
      if (!(job instanceof Error)) this.recordDuration(watch, job);
      watch.seenAt = this.clock.now();
      watch.isPolled = true;
      watch.failingSince = undefined;
      if (job instanceof Error) this.handleMissing(watch, job);
      else {
        watch.job = job;
        watch.missingSince = undefined;
        if (!isUnfinished(job.state)) this.end(watch, { job });
      }
    }
  }

  /** A started job exists, so an answer that does not find it may lag. */
  private handleMissing(watch: Watch, error: Error): void {
    const now = this.clock.now();
    watch.missingSince ??= now;
    const mayBeBehind = isFailure(error, "notFound") && now - watch.missingSince < maxLagMs;
    if (!mayBeBehind) this.end(watch, { error });
  }

  /** For a job that was seen running, `updatedAt` is the time of its start, and then of its end. */
  private recordDuration({ isPolled, job: seen }: Watch, { type, state, updatedAt }: ServiceJob): void {
    if (!isPolled || state !== "COMPLETED") return;
    this.schedule.recordDuration(type, Date.parse(updatedAt) - Date.parse(seen.updatedAt));
  }

  /** Polls again later and less often, until the failure lasts longer than a watch's `errorToleranceMs`. */
  private handlePollError(error: unknown): void {
    if (this.mayList && isFailure(error, "accessDenied")) {
      this.mayList = false;
      return;
    }
    const now = this.clock.now();
    this.schedule.backOff();
    this.notBefore = now + this.schedule.minIntervalMs();
    const isTransient = isFailure(error, "throttled", "unavailable");
    for (const watch of this.all()) {
      watch.failingSince ??= now;
      if (!isTransient || now - watch.failingSince > watch.errorToleranceMs) this.end(watch, { error });
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
