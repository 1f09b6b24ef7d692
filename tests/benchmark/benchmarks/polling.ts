/** Jobs that a benchmark starts itself and waits for in two ways at once: by the core's watcher, and by GetJob for each job. */
import { setTimeout as sleep } from "node:timers/promises";

import { systemClock } from "../../../lib/clock";
import { openDataExchange } from "../../../provider/aws/data-exchange";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { PollSchedule, pollInterval } from "../../../provider/core/poll-schedule";
import type { DataExchange } from "../../../provider/core/ports";
import type { ServiceJob } from "../../../service-model/job";
import { isUnfinished } from "../../../service-model/job";
import { credentials, region } from "../../harness/service";
import type { Benchmark, Measurement } from "../benchmark";
import { atMost, formatMs, limited, median } from "../benchmark";
import { datashareImport } from "../contest/programs";
import { ServiceProcess, instantType } from "../service-process";

export interface Polling {
  readonly jobs: number;
  /** Seconds that a job lasts, and over which the starts are spread. */
  readonly lasting: number;
  readonly spread: number;
}

/** The number of API calls until all ends are known. */
export const polling = ({ jobs, lasting, spread }: Polling): Benchmark => ({
  name: "polling",
  what: `API calls to see ${jobs} concurrent jobs end`,
  against: "one GetJob per job at the same intervals",
  async measure(say) {
    say(`${jobs} jobs of ${lasting} s, watched in both ways at once`);
    const schedule = () => {
      const pace = new PollSchedule();
      return (age: number, polled: boolean) => pace.interval(instantType, age, polled ? age : undefined);
    };
    const { ours, theirs } = await watchJobs(jobs, lasting * 1_000, spread * 1_000, schedule);
    const ratio = ours.calls / theirs.calls;
    const describe = ({ calls, lags }: Watched) => `${calls} calls, median lag ${formatMs(median(lags))}`;
    const of = `${jobs} jobs of ${lasting} s`;
    return [{ of, ours: describe(ours), theirs: describe(theirs), ratio, ...atMost(0.05, ratio) }];
  },
});

/** Scripts and Terraform's provider poll at this interval. */
const everyTenSeconds = 10_000;

/** The time from the end of a job until it is known, for jobs that last so many seconds, `count` of each. */
export const lag = (lasting: readonly number[], count: number): Benchmark => ({
  name: "lag",
  what: "median time from a job's end until the provider knows it",
  against: "a poll every 10 s",
  measure(say) {
    say(`${count} jobs each of ${lasting.join(", ")} s, side by side`);
    // Each duration has its own service and watcher: a shared one would poll the long jobs as often as the short ones.
    return Promise.all(lasting.map((seconds) => measureLag(seconds * 1_000, count)));
  },
});

async function measureLag(lasting: number, count: number): Promise<Measurement> {
  const watched = await watchJobs(count, lasting, everyTenSeconds, () => () => everyTenSeconds);
  const [ours, theirs] = [median(watched.ours.lags), median(watched.theirs.lags)];
  const limit = Math.max(pollInterval.minMs, pollInterval.ageFraction * lasting);
  const details = { greatest: Math.max(...watched.ours.lags) };
  return { ...limited(`jobs of ${lasting / 1_000} s`, ours, limit, formatMs, theirs), details };
}

/** Calls of GetJob and ListJobs, and milliseconds from the end of each job until it was known. */
interface Watched {
  calls: number;
  readonly lags: number[];
}

/** Time from the start of a job to its first poll, and between two polls. */
type Pause = (age: number, polled: boolean) => number;

/** Starts jobs evenly over `spread` milliseconds and waits for each in both ways. */
function watchJobs(
  count: number,
  lasting: number,
  spread: number,
  pauseOfJob: () => Pause,
): Promise<{ ours: Watched; theirs: Watched }> {
  const options = ["--job-duration", String(lasting), "--quota", `${instantType}=${count}`];
  return ServiceProcess.with(options, async (service) => {
    const exchange = openDataExchange({
      ...{ region, endpoint: service.endpoint, assumeRoles: [] },
      ...{ accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey },
    });
    const [ours, theirs] = [newWatched(), newWatched()];
    const [watching, polling] = [counting(exchange, ours), counting(exchange, theirs)];
    const watcher = new JobWatcher(watching, systemClock);
    const revision = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
    const began = Date.now();
    const run = async (index: number) => {
      const job = await exchange.createJob(datashareImport(index, revision));
      await sleep(began + (spread * (index + 1)) / count - Date.now());
      await exchange.startJob(job.id);
      const started = { ...job, state: "IN_PROGRESS" } as const;
      await Promise.all([
        watcher.wait(started, waitLimits).then((ended) => ours.lags.push(lagOf(ended!))),
        poll(polling, started, pauseOfJob()).then((ended) => theirs.lags.push(lagOf(ended))),
      ]);
    };
    await Promise.all(Array.from({ length: count }, (_, index) => run(index)));
    return { ours, theirs };
  });
}

/** Longer than any benchmark takes. */
const waitLimits = { timeout: 600_000, errorToleranceMs: 60_000 };

const newWatched = (): Watched => ({ calls: 0, lags: [] });

const counting = (service: DataExchange, counted: Watched): DataExchange => ({
  ...service,
  getJob: (id, signal) => (counted.calls++, service.getJob(id, signal)),
  listJobs: (query, signal) => (counted.calls++, service.listJobs(query, signal)),
});

async function poll(service: DataExchange, started: ServiceJob, pause: Pause): Promise<ServiceJob> {
  const began = Date.now();
  let job = started;
  for (let polled = false; isUnfinished(job.state); polled = true) {
    await systemClock.sleep(pause(Date.now() - began, polled));
    job = await service.getJob(job.id);
  }
  return job;
}

/** Milliseconds since the job ended. The service runs on this machine, so it has the same clock. */
const lagOf = ({ updatedAt }: ServiceJob): number => Date.now() - Date.parse(updatedAt);
