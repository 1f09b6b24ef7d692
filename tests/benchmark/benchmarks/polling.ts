/** How many API calls it takes to see jobs end: sweeps of ListJobs, against GetJob for each at the same pace. */
import type { DataExchange } from "../../../provider/core/ports";
import { PollSchedule } from "../../../provider/core/poll-schedule";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { systemClock } from "../../../lib/clock";
import type { Benchmark, Measurement } from "../benchmark";
import { atMost, median, formatMs } from "../benchmark";
import { ServiceProcess, instantType } from "../service-process";
import { openDataExchange } from "../../../provider/aws/data-exchange";
import type { ServiceJob } from "../../../service-model/job";
import { isUnfinished } from "../../../service-model/job";
import { datashareImport } from "../contest/programs";
import { credentials, region } from "../../harness/service";

export interface Polling {
  readonly jobs: number;
  /** Seconds that a job lasts, and over which their starts are spread. */
  readonly lasting: number;
  readonly spread: number;
}

export const polling = ({ jobs, lasting, spread }: Polling): Benchmark => ({
  name: "polling",
  what: `API calls to see ${jobs} concurrent jobs end`,
  against: "one GetJob a job, at the same pace",
  measure: (say) =>
    ServiceProcess.with(
      ["--job-duration", `${lasting}s`, "--quota", `${instantType}=${jobs}`],
      async (service) => {
        say(`${jobs} jobs of ${lasting} s, watched in both ways at once`);
        const [ours, theirs] = [counted(connect(service)), counted(connect(service))];
        const watcher = new JobWatcher(ours.service, systemClock);
        const lags = { ours: [] as number[], theirs: [] as number[] };
        await startJobs(service, jobs, spread * 1_000, async (job) => {
          const watched = watcher.wait(job, errorToleranceMs).then((ended) => lags.ours.push(lagOf(ended!)));
          const pace = new PollSchedule();
          const asOften = (age: number, looked: boolean) =>
            pace.interval(instantType, age, looked ? age : undefined);
          const polled = poll(theirs.service, job, asOften).then((ended) => lags.theirs.push(lagOf(ended)));
          await Promise.all([watched, polled]);
        });
        const ratio = ours.calls() / theirs.calls();
        const [our, their] = [median(lags.ours), median(lags.theirs)];
        return [
          {
            of: `${jobs} jobs of ${lasting} s`,
            ours: `${ours.calls()} calls, median lag ${formatMs(our)}`,
            theirs: `${theirs.calls()} calls, median lag ${formatMs(their)}`,
            ratio,
            ...atMost(0.05, ratio),
          },
        ];
      },
    ),
});

/** The service with its looks at jobs counted. */
function counted(service: DataExchange): { service: DataExchange; calls: () => number } {
  let calls = 0;
  const counting: DataExchange = {
    ...service,
    getJob: (id, signal) => (calls++, service.getJob(id, signal)),
    listJobs: (query, signal) => (calls++, service.listJobs(query, signal)),
  };
  return { service: counting, calls: () => calls };
}

/** How long after a job's end it is known, against the way of scripts and of Terraform's provider: a look every 10 s. */

const everyTenSeconds = 10_000;

/** What will do: 1 s or 3 % of the job's time, whichever is more; milliseconds. */
const allowed = (lasting: number): number => Math.max(1_000, 0.03 * lasting);

/** Jobs that last so many seconds each, `count` of each kind. */
export const lag = (lasting: readonly number[], count: number): Benchmark => ({
  name: "lag",
  what: "from a job's end to the provider knowing it, median",
  against: "a look every 10 s",
  measure: (say) => {
    say(`${count} jobs each of ${lasting.join(", ")} s, side by side`);
    return Promise.all(lasting.map((each) => read(each * 1_000, count)));
  },
});

/** Each duration has its own watcher; a shared one would poll the long jobs as often as the short ones. */
function read(lasting: number, count: number): Promise<Measurement> {
  const quota = `${instantType}=${count}`;
  return ServiceProcess.with(["--job-duration", String(lasting), "--quota", quota], async (service) => {
    const exchange = connect(service);
    const watcher = new JobWatcher(exchange, systemClock);
    const lags = { ours: [] as number[], theirs: [] as number[] };
    await startJobs(service, count, everyTenSeconds, async (job) => {
      const watched = watcher.wait(job, errorToleranceMs).then((ended) => lags.ours.push(lagOf(ended!)));
      const polled = poll(exchange, job, () => everyTenSeconds).then((ended) =>
        lags.theirs.push(lagOf(ended)),
      );
      await Promise.all([watched, polled]);
    });
    const [ours, theirs, goal] = [median(lags.ours), median(lags.theirs), allowed(lasting)];
    return {
      of: `jobs of ${lasting / 1_000} s`,
      ours: formatMs(ours),
      theirs: formatMs(theirs),
      ratio: ours / theirs,
      goal: `≤ ${formatMs(goal)}`,
      reached: ours <= goal,
      details: { greatest: Math.max(...lags.ours) },
    };
  });
}

/** Jobs that a figure starts by itself and watches with the core's own means. */

/** More than any figure takes. */
export const errorToleranceMs = { timeout: 600_000, errorToleranceMs: 60_000 };

/** The service as the provider reaches it. */
export const connect = ({ endpoint }: ServiceProcess): DataExchange =>
  openDataExchange({
    region,
    endpoint,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
    assumeRoles: [],
  });

/** Starts jobs evenly spread over the given milliseconds, and ends when all have been watched. */
async function startJobs(
  service: ServiceProcess,
  count: number,
  over: number,
  watch: (job: ServiceJob) => Promise<void>,
): Promise<void> {
  const exchange = connect(service);
  const place = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
  const began = Date.now();
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const job = await exchange.createJob(datashareImport(index, place));
      const startsAt = began + (over * (index + 1)) / count;
      await new Promise((resolve) => setTimeout(resolve, startsAt - Date.now()));
      await exchange.startJob(job.id);
      await watch({ ...job, state: "IN_PROGRESS" });
    }),
  );
}

/** Asks GetJob for one job alone until it has ended; `pause` says how long to wait by its age, and for the first look. */
export async function poll(
  service: DataExchange,
  started: ServiceJob,
  pause: (age: number, looked: boolean) => number,
): Promise<ServiceJob> {
  const began = Date.now();
  let job = started;
  for (let looked = false; isUnfinished(job.state); looked = true) {
    await systemClock.sleep(pause(Date.now() - began, looked));
    job = await service.getJob(job.id);
  }
  return job;
}

/** Milliseconds since the job ended; the service runs on this machine, and has its time. */
export const lagOf = ({ updatedAt }: ServiceJob): number => Date.now() - Date.parse(updatedAt);
