import { expect } from "chai";

import type { Clock } from "../../../lib/clock";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { existing, failureOf, hour, s3Export, urlExport } from "../support/samples";
import { host } from "../support/host";
import type { SimulatedJob, SimulatorOptions } from "../support/simulator";
import { Simulator } from "../support/simulator";

const minute = 60_000;
const patient = { timeout: 6 * hour, errorToleranceMs: 10 * minute };

/** Jobs that run and are watched, each for its own time. */
const running = (durations: readonly number[], options: SimulatorOptions = {}) => {
  const service = new Simulator({ ...options, duration: ({ id }) => durations[Number(id.slice(3)) - 1]! });
  const jobs = durations.map((_, i) => existing(service, s3Export([`k${i}`]), "IN_PROGRESS", { age: 0 }));
  return { service, jobs, watcher: new JobWatcher(service, service.clock) };
};

/** When the end of each job became known, in milliseconds after it ended. */
const lags = (service: Simulator, jobs: SimulatedJob[], watcher: JobWatcher, options = patient) =>
  Promise.all(
    jobs.map(async (job) => {
      const ended = await watcher.wait(structuredClone(job), options);
      expect(ended?.state).to.equal("COMPLETED");
      return service.clock.now() - job.endsAt;
    }),
  );

describe("watcher", () => {
  it("watches a hundred jobs with one ListJobs a sweep", async () => {
    const { service, jobs, watcher } = running(Array.from({ length: 100 }, (_, i) => 10_000 + 900 * i));
    await lags(service, jobs, watcher);
    // The last ends after 99 s; a sweep a second for 33 s, then one each 3 % of the age.
    expect(service.count("listJobs")).to.be.within(40, 90);
    expect(service.calls).to.have.length(service.count("listJobs"));
  });

  it("knows the end of each within a second or 3 % of its age", async () => {
    const durations = [0, 500, 3_000, 20_000, minute, 10 * minute, hour, 5 * hour];
    const { service, jobs, watcher } = running(durations);
    const late = await lags(service, jobs, watcher);
    late.forEach((lag, i) => expect(lag).to.be.within(0, Math.max(1_000, (0.03 / 0.97) * durations[i]!) + 1));
  });

  it("knows at once of a job that is over at once, and asks no more than twice for that", async () => {
    const { service, jobs, watcher } = running([50, 10_000]);
    expect((await lags(service, jobs, watcher))[0]).to.equal(50);
    expect(service.count("listJobs")).to.equal(12);
  });

  it("takes from anybody's listing that a job has ended, and no more", async () => {
    const { service, jobs, watcher } = running([10_200, 20_200]);
    const late = lags(service, jobs, watcher);
    await service.clock.pass(5_000);
    watcher.observe((await service.listJobs({})).items);
    await service.clock.pass(5_250);
    watcher.observe((await service.listJobs({})).items);
    expect((await late)[0]).to.be.within(0, 100);
  });

  it("looks when a job has probably ended, because one of its type lasted as long", async () => {
    const service = new Simulator({ duration: 20_450 });
    const watcher = new JobWatcher(service, service.clock);
    const round = () => {
      const jobs = ["a", "b"].map((key) => existing(service, s3Export([key]), "IN_PROGRESS", { age: 0 }));
      return lags(service, jobs, watcher);
    };
    expect(await round()).to.deep.equal([650, 650]);
    const before = service.count("listJobs");
    expect(await round()).to.deep.equal([150, 150]);
    expect(service.count("listJobs") - before).to.equal(21);
  });

  it("looks on when the clock is set back by an hour, and no more often for that", async () => {
    const { service, jobs } = running([minute]);
    let back = 0;
    const clock: Clock = {
      now: () => service.clock.now() - back,
      sleep: (time, wake) => service.clock.sleep(time, wake),
    };
    const ended = lags(service, jobs, new JobWatcher(service, clock));
    await service.clock.pass(10_000);
    back = hour;
    expect((await ended)[0]).to.be.at.most(3_000);
    expect(service.count("listJobs")).to.be.within(40, 62);
  });

  it("asks seldom about a job that takes long", async () => {
    const { service, jobs, watcher } = running([5 * hour]);
    await lags(service, jobs, watcher);
    // A second apart at first; each look a thirty-third later than the one before, from then on.
    expect(service.count("listJobs")).to.be.within(200, 260);
  });

  it("looks often again for a job that comes in later", async () => {
    const { service, jobs, watcher } = running([3 * hour, hour + 30_000]);
    const first = watcher.wait(structuredClone(jobs[0]!), patient);
    await service.clock.pass(hour);
    expect((await lags(service, jobs.slice(1), watcher))[0]).to.be.at.most(1_100);
    await first;
  });

  it("reads no more pages of ListJobs than it takes to find its jobs", async () => {
    const service = new Simulator({ pageSize: 5, duration: 10_000 });
    for (let i = 0; i < 50; i++) existing(service, s3Export([`other${i}`]), "COMPLETED", { age: 0 });
    const job = existing(service, s3Export(["k"]), "IN_PROGRESS", { age: 0 });
    await lags(service, [job], new JobWatcher(service, service.clock));
    expect(service.count("listJobs")).to.be.at.most(12);
  });

  it("reads no pages of ListJobs that are older than the oldest of its jobs", async () => {
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

  it("asks GetJob for a job that ListJobs does not show", async () => {
    const { service, jobs, watcher } = running([10_000]);
    service.listJobs = () => Promise.resolve({ items: [] });
    await lags(service, jobs, watcher);
    expect(service.count("getJob")).to.be.greaterThan(5);
  });

  it("answers at once for a job that has ended", async () => {
    const { service, jobs, watcher } = running([0]);
    expect(await watcher.wait({ ...jobs[0]!, state: "ERROR" }, patient)).to.include({ state: "ERROR" });
    expect(service.calls).to.deep.equal([]);
  });

  for (const [how, denied] of [
    ["by ListJobs", 0],
    ["by GetJob", Infinity],
  ] as const) {
    it(`answers nothing when the time runs out, having looked once more at the last moment, ${how}`, async () => {
      const { service, jobs, watcher } = running([3 * hour, hour]);
      service.fail("listJobs", "accessDenied", { times: denied });
      const [late, just] = jobs.map((job) =>
        watcher.wait(structuredClone(job), { ...patient, timeout: hour }),
      );
      expect([await late, (await just)?.state]).to.deep.equal([undefined, "COMPLETED"]);
      expect(service.clock.now()).to.equal(Date.parse(jobs[0]!.createdAt) + hour);
    });
  }

  it("tells a job that is gone as not found, and goes on watching the others", async () => {
    const { service, jobs, watcher } = running([hour, minute]);
    const gone = failureOf(watcher.wait(structuredClone(jobs[0]!), patient));
    const other = watcher.wait(structuredClone(jobs[1]!), patient);
    service.jobs.shift();
    expect(await gone).to.include({ kind: "notFound" });
    expect((await other)?.state).to.equal("COMPLETED");
  });
});

describe("watcher: when looks fail", () => {
  it("ends no watch but the one whose job may not be looked at", async () => {
    const { service, jobs, watcher } = running([minute, minute]);
    service.fail("listJobs", "accessDenied", { times: Infinity }).fail("getJob", "accessDenied");
    const [denied, other] = jobs.map((job) => watcher.wait(structuredClone(job), patient));
    expect(await failureOf(denied!)).to.include({ kind: "accessDenied" });
    expect((await other)?.state).to.equal("COMPLETED");
  });

  it("slows down while it is throttled, by a minute or two at most, and recovers its pace", async () => {
    const { service, jobs, watcher } = running([hour, 2 * hour]);
    service.fail("listJobs", "throttled", { skip: 3, times: 6 });
    const late = await lags(service, jobs, watcher);
    const gaps = service.calls.slice(1).map(({ at }, i) => at - service.calls[i]!.at);
    const slower = gaps.slice(3, 9);
    expect(slower).to.deep.equal([...slower].sort((a, b) => a - b));
    expect(slower.at(-1)).to.be.within(10_000, 2 * minute);
    late.forEach((lag, i) => expect(lag).to.be.at.most(0.031 * (i + 1) * hour));
  });

  it("does not forget an old job over throttling", async () => {
    const { service, jobs, watcher } = running([2 * hour]);
    service.fail("listJobs", "throttled", { skip: 150, times: 4 });
    expect((await lags(service, jobs, watcher))[0]).to.be.at.most(0.031 * 2 * hour);
  });

  it("bears a service that does not answer for less than its errorToleranceMs", async () => {
    const { service, jobs, watcher } = running([minute]);
    const until = service.clock.now() + 9 * minute;
    const listJobs = service.listJobs.bind(service);
    service.listJobs = (query) =>
      service.clock.now() < until
        ? Promise.reject(service.error("listJobs", "unavailable"))
        : listJobs(query);
    expect((await watcher.wait(jobs[0]!, patient))?.state).to.equal("COMPLETED");
  });

  it("loses errorToleranceMs after the time it was given", async () => {
    const { service, jobs, watcher } = running([hour]);
    service.fail("listJobs", "unavailable", { times: Infinity });
    expect(await failureOf(watcher.wait(jobs[0]!, patient))).to.include({ kind: "unavailable" });
    expect(service.clock.now() - Date.parse(jobs[0]!.createdAt)).to.be.within(10 * minute, 12 * minute);
  });

  it("has its whole errorToleranceMs again for a job that comes after failures of before", async () => {
    const { service, jobs, watcher } = running([2 * hour, 2 * hour]);
    service.fail("listJobs", "throttled", { times: Infinity });
    await failureOf(watcher.wait(jobs[0]!, patient));
    await service.clock.pass(hour / 2);
    const started = service.clock.now();
    await failureOf(watcher.wait(jobs[1]!, patient));
    expect(service.clock.now() - started).to.be.at.least(10 * minute);
  });

  it("has its whole errorToleranceMs for a job that comes while looks have long been failing", async () => {
    const { service, jobs, watcher } = running([2 * hour, 2 * hour]);
    service.fail("listJobs", "throttled", { times: Infinity });
    const first = failureOf(watcher.wait(jobs[0]!, patient));
    await service.clock.pass(9 * minute);
    const started = service.clock.now();
    await Promise.all([first, failureOf(watcher.wait(jobs[1]!, patient))]);
    expect(service.clock.now() - started).to.be.at.least(10 * minute);
  });

  it("gives up at once what time does not heal", async () => {
    const { service, jobs, watcher } = running([hour]);
    service.fail("listJobs", "other");
    expect(await failureOf(watcher.wait(jobs[0]!, patient))).to.include({ kind: "other" });
  });

  it("watches by GetJob where ListJobs is denied", async () => {
    const { service, jobs, watcher } = running([10_000, 20_000]);
    service.fail("listJobs", "accessDenied", { times: Infinity });
    (await lags(service, jobs, watcher)).forEach((lag) => expect(lag).to.be.at.most(1_001));
    expect(service.count("listJobs")).to.equal(1);
  });

  it("loses nothing that it found before it was throttled: a hundred jobs end by GetJob at ten calls a look", async () => {
    const { service, jobs, watcher } = running(Array<number>(100).fill(10_000));
    service.fail("listJobs", "accessDenied", { times: Infinity });
    const getJob = service.getJob.bind(service);
    let [moment, calls] = [0, 0];
    service.getJob = (id) => {
      if (service.clock.now() - moment >= 1_000) [moment, calls] = [service.clock.now(), 0];
      return ++calls > 10 ? Promise.reject(service.error("getJob", "throttled")) : getJob(id);
    };
    const ended = await Promise.all(jobs.map((job) => watcher.wait(structuredClone(job), patient)));
    expect(ended.map((job) => job?.state)).to.deep.equal(jobs.map(() => "COMPLETED"));
  });
});

describe("watcher: as the lifecycle uses it", () => {
  it("a hundred jobs of a stack end with one sweep for all that are in flight", async () => {
    const service = new Simulator({ duration: 5 * minute });
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 100 } });
    await Promise.all(Array.from({ length: 100 }, (_, i) => create(s3Export([`k${i}`]))));
    const started = service.calls.findLast(({ operation }) => operation === "startJob")!.at;
    const sweeps = service.calls.filter(({ operation, at }) => operation === "listJobs" && at > started);
    expect(sweeps.length).to.be.within(50, 130);
    expect(service.effects()).to.have.length(100);
  });

  it("a watch that fails keeps its job in state", async () => {
    const service = new Simulator({ duration: hour }).fail("listJobs", "other", { skip: 3 });
    const { outputs } = await failureOf(host(service).create(urlExport()), UnfinishedJobError);
    expect(outputs).to.include({ state: "IN_PROGRESS", __pending: true });
  });
});
