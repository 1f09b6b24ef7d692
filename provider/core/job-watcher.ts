import { isFailure } from "./errors";
import type { ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import type { Clock, DataExchange, JobQuery } from "./ports";
import { maxLagMs } from "./retry";
import { PollSchedule } from "./poll-schedule";
import { dataSetOf } from "./job-details";

interface Watch {
  job: ServiceJob;
  /** When the wait began; milliseconds of this machine's clock. */
  readonly since: number;
  seenAt: number;
  isPolled: boolean;
  readonly giveUpAt: number;
  readonly errorToleranceMs: number;
  failingSince?: number;
  /** Since when the service has not known the job. */
  missingSince?: number;
  readonly settle: (end: { job?: ServiceJob; error?: unknown }) => void;
}

export interface WatchOptions {
  /** Milliseconds until the wait is given up. */
  timeout: number;
  /** Milliseconds for which failing looks are borne. */
  errorToleranceMs: number;
}

/**
 * Watches every job in flight of one region together: one ListJobs sweep tells of all of them. Looks at the jobs one
 * by one where ListJobs is denied.
 */
export class JobWatcher {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly schedule = new PollSchedule();
  private wake = new AbortController();
  private loop: Promise<void> | undefined;
  private mayList = true;
  /** No look before this moment. */
  private notBefore = 0;

  constructor(
    private readonly service: DataExchange,
    private readonly clock: Clock,
  ) {}

  /** The job once it has ended; nothing when the time ran out first. */
  async wait(job: ServiceJob, { timeout, errorToleranceMs }: WatchOptions): Promise<ServiceJob | undefined> {
    if (!isUnfinished(job.state)) return job;
    const now = this.clock.now();
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
      this.wake.abort();
      this.loop ??= this.run();
    });
    if (end.error !== undefined) throw end.error as Error;
    return end.job;
  }

  /** Whether any job is in flight. */
  get isWatching(): boolean {
    return this.watches.size > 0;
  }

  /** Jobs as somebody else's look found them: that one has ended is known from any. */
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
    const lookAt = Math.min(...watches.map((watch) => this.dueAt(watch)));
    return Math.min(giveUpAt, Math.max(lookAt, this.notBefore));
  }

  private dueAt({ job, seenAt, since, isPolled }: Watch): number {
    const now = this.clock.now();
    // The clock was set back, and nobody is to wait until it is that late again.
    if (seenAt > now) return now;
    const regular =
      seenAt + this.schedule.interval(job.type, now - since, isPolled ? seenAt - since : undefined);
    const likelyEnd = this.schedule.expectedEnd(job.type, since);
    return seenAt < likelyEnd ? Math.min(regular, likelyEnd) : regular;
  }

  private async poll(): Promise<void> {
    try {
      if (this.mayList)
        await pollByList(this.service, this.jobs(this.all()), (id, job) => this.update(id, job));
      else await this.pollDue();
      this.schedule.recover();
    } catch (error) {
      this.handlePollError(error);
    }
  }

  /** A sweep tells of all, so all are asked for; single looks are for those whose time has come, the longest unseen first. */
  private async pollDue(): Promise<void> {
    const now = this.clock.now();
    const due = this.all().filter((watch) => Math.min(this.dueAt(watch), watch.giveUpAt) <= now);
    const jobs = this.jobs(due.sort((a, b) => a.seenAt - b.seenAt));
    await pollEach(this.service, jobs, (id, job) => this.update(id, job));
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

  /** A job that was started is there: where it is not found, the answer may be behind. */
  private handleMissing(watch: Watch, error: Error): void {
    const now = this.clock.now();
    watch.missingSince ??= now;
    const mayBeBehind = isFailure(error, "notFound") && now - watch.missingSince < maxLagMs;
    if (!mayBeBehind) this.end(watch, { error });
  }

  /** A job that was seen to run has changed when it began to, and when it ended; both by the service's clock. */
  private recordDuration({ isPolled, job: seen }: Watch, { type, state, updatedAt }: ServiceJob): void {
    if (!isPolled || state !== "COMPLETED") return;
    this.schedule.recordDuration(type, Date.parse(updatedAt) - Date.parse(seen.updatedAt));
  }

  /** A look that failed is made again later, at a slower pace, until a watch's errorToleranceMs is at its end. */
  private handlePollError(error: unknown): void {
    if (this.mayList && isFailure(error, "accessDenied")) {
      this.mayList = false;
      return;
    }
    const now = this.clock.now();
    this.schedule.backOff();
    this.notBefore = now + this.schedule.minIntervalMs();
    const passing = isFailure(error, "throttled", "unavailable");
    for (const watch of this.all()) {
      watch.failingSince ??= now;
      if (!passing || now - watch.failingSince > watch.errorToleranceMs) this.end(watch, { error });
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

/** Hears the present state of a job as soon as it is known; an error where the service does not tell it. */
export type OnPolled = (id: string, job: ServiceJob | Error) => void;

/** Pages through ListJobs, newest first, until every job is found or all that follow are older than the oldest. */
export async function pollByList(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  tell: OnPolled,
): Promise<void> {
  const wanted = new Map(jobs.map((job) => [job.id, job]));
  const oldest = jobs.map((job) => job.createdAt).reduce((a, b) => (a < b ? a : b));
  const dataSets = new Set(jobs.map(dataSetOf));
  const query: JobQuery = dataSets.size === 1 ? { dataSetId: [...dataSets][0] } : {};
  for (let nextToken: string | undefined; ;) {
    const page = await service.listJobs({ ...query, nextToken });
    for (const job of page.items) if (wanted.delete(job.id)) tell(job.id, job);
    nextToken = page.nextToken;
    const last = page.items.at(-1);
    if (wanted.size === 0 || !nextToken || (last && last.createdAt < oldest)) break;
  }
  await pollEach(service, [...wanted.values()], tell);
}

export async function pollEach(
  service: DataExchange,
  jobs: readonly ServiceJob[],
  tell: OnPolled,
): Promise<void> {
  for (const { id } of jobs) tell(id, await pollOne(service, id));
}

async function pollOne(service: DataExchange, id: string): Promise<ServiceJob | Error> {
  try {
    return await service.getJob(id);
  } catch (error) {
    if (isFailure(error, "throttled", "unavailable")) throw error;
    // What time does not heal, such as a job that is gone, says nothing of the other jobs.
    return error as Error;
  }
}
