import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { ParallelismHint } from "../../../provider/core/concurrency";
import { VirtualClock } from "../support/clock";
import { host } from "../support/host";
import { apiImport, s3Export, s3Import } from "../support/samples";
import type { SimulatorOptions } from "../support/simulator";
import { Simulator } from "../support/simulator";

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

/** Milliseconds that one call after another spends on the way; fast-check tries the interleavings. */
const latencies = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 8, maxLength: 60 });

const slow = (times: readonly number[], more: SimulatorOptions = {}): Simulator => {
  let call = 0;
  return new Simulator({ ...more, latency: () => times[call++ % times.length]! });
};

describe("exactly once: two resources with the same work in one process", () => {
  const pairs: [what: string, one: JobInputs, other: JobInputs][] = [
    ["", s3Import(), s3Import()],
    [" but for the order of their sets", s3Import(["a", "b"]), s3Import(["b", "a"])],
    [
      " but for an API key, which the service need not repeat",
      apiImport({ apiKey: "1" }),
      apiImport({ apiKey: "2" }),
    ],
    [
      " but for their tags, which the service need not repeat",
      s3Import(),
      s3Import(["a.csv"], { assetConfiguration: { tags: [{ key: "k", value: "v" }] } }),
    ],
  ];
  const makeTwo = async (
    service: Simulator,
    first: Promise<{ id: string }>,
    second: Promise<{ id: string }>,
  ) => {
    const ids = (await Promise.all([first, second])).map(({ id }) => id);
    expect(service.effects().sort()).to.deep.equal(ids.sort());
    expect(new Set(ids).size).to.equal(2);
  };

  for (const [what, one, other] of pairs) {
    it(`make two jobs${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(latencies, fc.nat(2_000), async (times, later) => {
          const service = slow(times);
          const { create } = host(service);
          await makeTwo(
            service,
            create(one),
            service.clock.pass(later).then(() => create(other)),
          );
        }),
        { numRuns: 100 },
      );
    });
  }

  it("make two jobs when they reach the service in two ways", async () => {
    await fc.assert(
      fc.asyncProperty(latencies, fc.nat(2_000), async (times, later) => {
        const service = slow(times);
        const [one, other] = [host(service), {} as ReturnType<typeof host>];
        Object.assign(other, host(service, { ownership: one.ownership }));
        const second = service.clock
          .pass(later)
          .then(() => other.create(s3Import(["a.csv"], { profile: "other" })));
        await makeTwo(service, one.create(s3Import()), second);
      }),
      { numRuns: 100 },
    );
  });

  it("have an asset each when they begin and end at the same moments", async () => {
    const { create } = host(new Simulator());
    const made = await Promise.all([create(s3Import()), create(s3Import())]);
    const assets = made.flatMap(({ outputs }) => outputs.assets.map(({ id }) => id));
    expect(new Set(assets).size).to.equal(2);
  });

  it("have an asset each, though both import the same key into one revision at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        latencies,
        fc.nat(8_000),
        fc.integer({ min: 0, max: 9_000 }),
        async (times, later, duration) => {
          const service = slow(times, { duration: ({ id }) => (id === "job1" ? duration : 4_000) });
          const { create } = host(service);
          const second = service.clock.pass(later).then(() => create(s3Import(["a", "c"])));
          const made = await Promise.all([create(s3Import(["a", "b"])), second]);
          const assets = made.map(({ outputs }) => outputs.assets);
          expect(assets.map((own) => own.map(({ name }) => name).sort())).to.deep.equal([
            ["a", "b"],
            ["a", "c"],
          ]);
          expect(new Set(assets.flat().map(({ id }) => id)).size).to.equal(4);
        },
      ),
      { numRuns: 100 },
    );
  });
});
