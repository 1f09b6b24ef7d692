/** How long after a job's end it is known, against the way of scripts and of Terraform's provider: a look every 10 s. */
import { JobWatcher } from "../../../provider/core/job-watcher";
import { systemClock } from "../../../lib/clock";
import type { Figure, Reading } from "../benchmark";
import { median } from "../statistics";
import { Service, instantType } from "../support/service";
import { connect, lagOf, patience, poll, startJobs } from "../support/polling-client";
import { seconds } from "../format";

const everyTenSeconds = 10_000;

/** What will do: 1 s or 3 % of the job's time, whichever is more; milliseconds. */
const allowed = (lasting: number): number => Math.max(1_000, 0.03 * lasting);

/** Jobs that last so many seconds each, `count` of each kind. */
export const lag = (lasting: readonly number[], count: number): Figure => ({
  name: "lag",
  what: "from a job's end to the provider knowing it, median",
  against: "a look every 10 s",
  measure: (say) => {
    say(`${count} jobs each of ${lasting.join(", ")} s, side by side`);
    return Promise.all(lasting.map((each) => read(each * 1_000, count)));
  },
});

/** Each kind has a watcher of its own, which would otherwise look at the long ones as often as at the short ones. */
function read(lasting: number, count: number): Promise<Reading> {
  const quota = `${instantType}=${count}`;
  return Service.lend(["--job-duration", String(lasting), "--quota", quota], async (service) => {
    const exchange = connect(service);
    const watcher = new JobWatcher(exchange, systemClock);
    const lags = { ours: [] as number[], theirs: [] as number[] };
    await startJobs(service, count, everyTenSeconds, async (job) => {
      const watched = watcher.wait(job, patience).then((ended) => lags.ours.push(lagOf(ended!)));
      const polled = poll(exchange, job, () => everyTenSeconds).then((ended) =>
        lags.theirs.push(lagOf(ended)),
      );
      await Promise.all([watched, polled]);
    });
    const [ours, theirs, goal] = [median(lags.ours), median(lags.theirs), allowed(lasting)];
    return {
      of: `jobs of ${lasting / 1_000} s`,
      ours: seconds(ours),
      theirs: seconds(theirs),
      ratio: ours / theirs,
      goal: `≤ ${seconds(goal)}`,
      reached: ours <= goal,
      details: { greatest: Math.max(...lags.ours) },
    };
  });
}
