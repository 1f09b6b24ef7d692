import { expect } from "chai";

import { ParallelismHint } from "../../../provider/core/concurrency";
import { VirtualClock } from "../support/clock";
import { host } from "../support/host";
import { s3Export, s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";

describe("slots of a stack's jobs", () => {
  const duration = 20_000;
  /** The most jobs that were in progress at one moment. */
  const most = ({ jobs }: Simulator): number => {
    const startsAt = jobs.map(({ endsAt }) => endsAt - duration);
    return Math.max(
      ...startsAt.map((at) => startsAt.filter((start) => start <= at && at < start + duration).length),
    );
  };

  it("never start more jobs at once than the quota", async () => {
    const service = new Simulator({ duration, quota: 10 });
    const { create } = host(service);
    await Promise.all(Array.from({ length: 30 }, (_, i) => create(s3Import([`k${i}`]))));
    expect(service.effects()).to.have.length(30);
    expect(service.count("startJob")).to.equal(30);
    expect(most(service)).to.equal(10);
  });

  it("follow the quotas of the table unless the configuration sets others", async () => {
    for (const [quotas, expected] of [
      [undefined, 10],
      [{ EXPORT_ASSETS_TO_S3: 3 }, 3],
    ] as const) {
      const service = new Simulator({ duration });
      const { create } = host(service, { quotas });
      await Promise.all(Array.from({ length: 12 }, (_, i) => create(s3Export([`k${i}`]))));
      expect(most(service)).to.equal(expected);
    }
  });

  it("become free when a job fails, in whatever way", async () => {
    const outcome = ({ id }: { id: string }) => ({
      state: id === "job1" ? ("ERROR" as const) : ("COMPLETED" as const),
    });
    const service = new Simulator({ outcome }).fail("createJob", "invalid").fail("startJob", "accessDenied");
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 1 } });
    const ends = await Promise.allSettled([1, 2, 3, 4].map((i) => create(s3Export([`k${i}`]))));
    expect(ends.map(({ status }) => status)).to.deep.equal([
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
  });
});

/** Codes of the hints for jobs of which so many run at once, each followed by the next after the pause. */
async function hintsFor(atOnce: number, { quota = 10, pause = 50, jobs = 40, parallelism = 8 } = {}) {
  const clock = new VirtualClock();
  const hint = new ParallelismHint(clock, parallelism);
  const codes: string[] = [];
  for (let job = 0; job < jobs; job++) {
    if (job >= atOnce) {
      hint.recordEnd();
      await clock.sleep(pause);
    }
    codes.push(hint.recordStart(quota)?.code ?? "");
  }
  return codes.filter((code) => code !== "");
}

describe("the hint that --parallel is below the quota", () => {
  it("comes once, when each job starts as another ends", async () =>
    expect(await hintsFor(8)).to.deep.equal(["parallelism-below-quota"]));

  it("does not come if the quota is no higher", async () =>
    expect(await hintsFor(8, { quota: 8 })).to.deep.equal([]));

  it("does not come if jobs wait for another reason", async () => {
    expect(await hintsFor(3)).to.deep.equal([]);
    expect(await hintsFor(8, { pause: 5_000 })).to.deep.equal([]);
    expect(await hintsFor(8, { jobs: 9 })).to.deep.equal([]);
  });

  it("does not come once more jobs have run at once", async () =>
    expect(await hintsFor(9)).to.deep.equal([]));
});

describe("jobs that end together", () => {
  it("list their revision once", async () => {
    const service = new Simulator();
    const { create } = host(service);
    const made = await Promise.all(Array.from({ length: 8 }, (_, i) => create(s3Import([`${i}.csv`]))));
    expect(made.flatMap(({ outputs }) => outputs.assets.map(({ name }) => name)).sort()).to.deep.equal(
      Array.from({ length: 8 }, (_, i) => `${i}.csv`),
    );
    expect(service.count("listRevisionAssets")).to.equal(1);
  });
});
