import { expect } from "chai";

import type { Clock } from "../../../lib/clock";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { maxIntervalMs, pollInterval } from "../../../provider/core/poll-schedule";
import { serviceError } from "../../simulation/faults";
import { host } from "../../simulation/host";
import { lags, maxLagOf, minute, patient, pollsOf, running } from "../../simulation/running-jobs";
import { existing, failureOf, hour, s3Export } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const { minMs } = pollInterval;

describe("JobWatcher", () => {
  it("watches a hundred jobs with one ListJobs call a poll", async () => {
    const { service, jobs, watcher } = running(Array.from({ length: 100 }, (_, i) => 10_000 + 900 * i));
    await lags(service, jobs, watcher);
    // The last ends after 99.1 s. Polls at predicted ends come in addition.
    const regular = pollsOf(99_100);
    expect(service.count("listJobs")).to.be.within(regular, 1.25 * regular);
    expect(service.calls).to.have.length(service.count("listJobs"));
  });

  it("detects the end of each job within the poll interval at its age", async () => {
    const durations = [0, 500, 3_000, 20_000, minute, 10 * minute, hour, 5 * hour];
    const { service, jobs, watcher } = running(durations);
    const late = await lags(service, jobs, watcher);
    late.forEach((lag, i) => expect(lag).to.be.within(0, maxLagOf(durations[i]!)));
  });

  it("detects a job that ends immediately with at most two more polls", async () => {
    const { service, jobs, watcher } = running([50, 10_000]);
    expect((await lags(service, jobs, watcher))[0]).to.equal(50);
    expect(service.count("listJobs")).to.equal(12);
  });

  it("uses another caller's listing only to detect ended jobs", async () => {
    const { service, jobs, watcher } = running([10_200, 20_200]);
    const late = lags(service, jobs, watcher);
    for (const milliseconds of [5_000, 5_250]) {
      await service.clock.pass(milliseconds);
      watcher.observe((await service.listJobs({})).items);
    }
    expect((await late)[0]).to.equal(50);
  });

  it("polls when a job has probably ended, because another of its type took as long", async () => {
    const service = new Simulator({ duration: 20_450 });
    const watcher = new JobWatcher(service, service.clock);
    const round = () => {
      const jobs = [0, 1].map(() => existing(service, s3Export(), "IN_PROGRESS", { age: 0 }));
      return lags(service, jobs, watcher);
    };
    expect(await round()).to.deep.equal([650, 650]);
    const before = service.count("listJobs");
    expect(await round()).to.deep.equal([150, 150]);
    expect(service.count("listJobs") - before).to.equal(21);
  });

  it("polls as usual when the clock goes back by an hour", async () => {
    const { service, jobs } = running([minute]);
    let back = 0;
    const clock: Clock = {
      now: () => service.clock.now() - back,
      sleep: (time, wake) => service.clock.sleep(time, wake),
    };
    const ended = lags(service, jobs, new JobWatcher(service, clock));
    await service.clock.pass(10_000);
    back = hour;
    expect((await ended)[0]).to.be.at.most(maxLagOf(minute));
    // The job seems not to have started yet, so each interval is the shortest.
    expect(service.count("listJobs")).to.equal(2 + Math.ceil((minute - 100) / minMs));
  });

  it("polls a long job rarely", async () => {
    const { service, jobs, watcher } = running([5 * hour]);
    await lags(service, jobs, watcher);
    expect(service.count("listJobs")).to.equal(pollsOf(5 * hour));
    // Pins both figures of the poll interval.
    expect(service.count("listJobs")).to.equal(242);
  });

  it("polls frequently again when another job starts later", async () => {
    const { service, jobs, watcher, wait } = running([3 * hour, hour + 30_000]);
    const first = wait(0);
    await service.clock.pass(hour);
    expect((await lags(service, jobs.slice(1), watcher))[0]).to.be.at.most(maxLagOf(30_000));
    await first;
  });

  it("reads no more pages of ListJobs than it needs to find its jobs", async () => {
    const service = new Simulator({ pageSize: 5, duration: 10_000 });
    for (let i = 0; i < 50; i++) existing(service, s3Export([`other${i}`]), "COMPLETED", { age: 0 });
    const job = existing(service, s3Export(["k"]), "IN_PROGRESS", { age: 0 });
    await lags(service, [job], new JobWatcher(service, service.clock));
    expect(service.count("listJobs")).to.equal(pollsOf(10_000));
  });

  it("reads no pages of ListJobs that are older than its jobs", async () => {
    const service = new Simulator({ pageSize: 5 });
    for (let i = 0; i < 50; i++) existing(service, s3Export([`old${i}`]), "COMPLETED", { age: hour });
    const job = existing(service, s3Export(["k"]), "IN_PROGRESS", { age: 0 });
    service.jobs.pop();
    await failureOf(new JobWatcher(service, service.clock).wait(job, patient));
    expect(service.count("listJobs")).to.equal(service.count("getJob"));
  });

  it("finds a job on a later page of ListJobs", async () => {
    const { service, jobs, watcher } = running([10_000], { pageSize: 2 });
    for (let i = 0; i < 9; i++) existing(service, s3Export([`new${i}`]), "COMPLETED", { age: -1_000 });
    await lags(service, jobs, watcher);
    expect(service.count("getJob")).to.equal(0);
  });

  it("calls GetJob for a job that ListJobs does not show", async () => {
    const { service, jobs, watcher } = running([10_000]);
    service.listJobs = () => Promise.resolve({ items: [] });
    await lags(service, jobs, watcher);
    expect(service.count("getJob")).to.equal(pollsOf(10_000));
  });

  for (const [operation, denied] of [
    ["ListJobs", 0],
    ["GetJob", Infinity],
  ] as const) {
    it(`polls by ${operation} once more at the timeout, and returns undefined for a running job`, async () => {
      const { service, jobs, wait } = running([3 * hour, hour]);
      service.fail("listJobs", "accessDenied", { times: denied });
      const [late, just] = [0, 1].map((index) => wait(index, { ...patient, timeout: hour }));
      expect([await late, (await just)?.state]).to.deep.equal([undefined, "COMPLETED"]);
      expect(service.clock.now()).to.equal(Date.parse(jobs[0]!.createdAt) + hour);
    });
  }

  it("fails as notFound for a missing job, and continues to watch the others", async () => {
    const { service, wait } = running([hour, minute]);
    const [gone, other] = [failureOf(wait(0)), wait(1)];
    service.jobs.shift();
    expect(await gone).to.include({ kind: "notFound" });
    expect((await other)?.state).to.equal("COMPLETED");
  });
});

describe("failed polls of JobWatcher", () => {
  it("end only the wait for a job whose GetJob is denied", async () => {
    const { service, wait } = running([minute, minute]);
    service.fail("listJobs", "accessDenied", { times: Infinity }).fail("getJob", "accessDenied");
    const [denied, other] = [failureOf(wait(0)), wait(1)];
    expect(await denied).to.include({ kind: "accessDenied" });
    expect((await other)?.state).to.equal("COMPLETED");
  });

  it("lengthen the intervals while throttled, until a poll succeeds", async () => {
    const { service, jobs, watcher } = running([hour, 2 * hour]);
    service.fail("listJobs", "throttled", { skip: 3, times: 6 }).fail("listJobs", "throttled", { skip: 60 });
    const late = await lags(service, jobs, watcher);
    const gaps = service.calls.slice(1).map(({ at }, i) => at - service.calls[i]!.at);
    const slower = gaps.slice(3, 9);
    expect(slower).to.deep.equal([2, 4, 8, 16, 32, 64].map((factor) => Math.min(factor * minMs, minute)));
    expect(gaps.slice(9, 11)).to.deep.equal([minute / 2, minute / 4]);
    late.forEach((lag, i) => expect(lag).to.be.at.most(maxLagOf((i + 1) * hour)));
  });

  it("are repeated for less than errorToleranceMs", async () => {
    const { service, wait } = running([minute]);
    const until = service.clock.now() + 9 * minute;
    const listJobs = service.listJobs.bind(service);
    service.listJobs = (query) =>
      service.clock.now() < until ? Promise.reject(serviceError("listJobs", "unavailable")) : listJobs(query);
    expect((await wait(0))?.state).to.equal("COMPLETED");
  });

  it("end the wait after errorToleranceMs", async () => {
    const { service, jobs, wait } = running([hour]);
    service.fail("listJobs", "unavailable", { times: Infinity });
    expect(await failureOf(wait(0))).to.include({ kind: "unavailable" });
    const waited = service.clock.now() - Date.parse(jobs[0]!.createdAt);
    expect(waited).to.be.within(10 * minute, 10 * minute + maxIntervalMs + minMs);
  });

  for (const [when, passes] of [
    ["after other waits failed", hour],
    ["while polls are failing", 9 * minute],
  ] as const) {
    it(`leave the whole errorToleranceMs to a job that is watched ${when}`, async () => {
      const { service, wait } = running([2 * hour, 2 * hour]);
      service.fail("listJobs", "throttled", { times: Infinity });
      const first = failureOf(wait(0));
      await service.clock.pass(passes);
      const started = service.clock.now();
      await Promise.all([first, failureOf(wait(1))]);
      expect(service.clock.now() - started).to.be.at.least(10 * minute);
    });
  }

  it("end the wait immediately if a retry cannot help", async () => {
    const { service, wait } = running([hour]);
    service.fail("listJobs", "other");
    expect(await failureOf(wait(0))).to.include({ kind: "other" });
  });

  it("are replaced by GetJob calls if ListJobs is denied", async () => {
    const { service, jobs, watcher } = running([10_000, 20_000]);
    service.fail("listJobs", "accessDenied", { times: Infinity });
    (await lags(service, jobs, watcher)).forEach((lag) => expect(lag).to.be.at.most(maxLagOf(20_000)));
    expect(service.count("listJobs")).to.equal(1);
  });

  it("observe every end of a hundred jobs if GetJob is throttled after ten calls in each poll", async () => {
    const { service, jobs, wait } = running(Array<number>(100).fill(10_000));
    service.fail("listJobs", "accessDenied", { times: Infinity });
    const getJob = service.getJob.bind(service);
    let [moment, calls] = [0, 0];
    service.getJob = (id) => {
      if (service.clock.now() - moment >= 1_000) [moment, calls] = [service.clock.now(), 0];
      return ++calls > 10 ? Promise.reject(serviceError("getJob", "throttled")) : getJob(id);
    };
    const ended = await Promise.all(jobs.map((_, index) => wait(index)));
    expect(ended.map((job) => job?.state)).to.deep.equal(jobs.map(() => "COMPLETED"));
  });
});

describe("createJob with a JobWatcher", () => {
  it("shares the polls of a hundred jobs", async () => {
    const service = new Simulator({ duration: 5 * minute });
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 100 } });
    await Promise.all(Array.from({ length: 100 }, (_, i) => create(s3Export([`k${i}`]))));
    const started = service.calls.findLast(({ operation }) => operation === "startJob")!.at;
    const polls = service.calls.filter(({ operation, at }) => operation === "listJobs" && at > started);
    expect(polls).to.have.length(pollsOf(5 * minute));
    expect(service.effects()).to.have.length(100);
  });
});
