import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { ParallelismHint } from "../../../provider/core/concurrency";
import { checkInterleavings } from "../../harness/arbitraries";
import { VirtualClock } from "../../simulation/clock";
import type { Host } from "../../simulation/host";
import { host, idsOf, namesOf } from "../../simulation/host";
import { apiImport, s3Export, s3Import } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const duration = 20_000;

/** Maximum number of jobs in progress at one moment. */
const maxConcurrent = ({ jobs }: Simulator): number => {
  const starts = jobs.map(({ endsAt }) => endsAt - duration);
  return Math.max(...starts.map((at) => starts.filter((s) => s <= at && at < s + duration).length));
};

const keys = (count: number) => Array.from({ length: count }, (_, i) => [`${i}.csv`]);

describe("slots of a stack's jobs", () => {
  it("limit the concurrent jobs to the quota", async () => {
    const service = new Simulator({ duration, quota: 10 });
    const { create } = host(service);
    await Promise.all(keys(30).map((key) => create(s3Import(key))));
    expect(service.effects()).to.have.length(30);
    expect(service.count("startJob")).to.equal(30);
    expect(maxConcurrent(service)).to.equal(10);
  });

  it("limit the concurrent jobs to a configured quota", async () => {
    const service = new Simulator({ duration });
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 3 } });
    await Promise.all(keys(12).map((key) => create(s3Export(key))));
    expect(maxConcurrent(service)).to.equal(3);
  });

  it("become free when a job fails in CreateJob, StartJob or later", async () => {
    const service = new Simulator({
      outcome: ({ id }) => ({ state: id === "job1" ? "ERROR" : "COMPLETED" }),
    });
    service.fail("createJob", "invalid").fail("startJob", "accessDenied");
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 1 } });
    const ends = await Promise.allSettled(keys(4).map((key) => create(s3Export(key))));
    const statuses = ["rejected", "rejected", "fulfilled", "fulfilled"];
    expect(ends.map(({ status }) => status)).to.deep.equal(statuses);
  });

  it("share one listing of their revision if they end together", async () => {
    const service = new Simulator();
    const { create } = host(service);
    const created = await Promise.all(keys(8).map((key) => create(s3Import(key))));
    expect(created.flatMap(({ outputs }) => namesOf(outputs.assets)).sort()).to.deep.equal(keys(8).flat());
    expect(service.count("listRevisionAssets")).to.equal(1);
  });
});

/** Codes of the hints if `atOnce` jobs run at once, after `first`, and each next one starts `pause` ms after an end. */
async function hintsFor(atOnce: number, { quota = 10, pause = 50, jobs = 40, first = atOnce } = {}) {
  const clock = new VirtualClock();
  const hint = new ParallelismHint(clock, 8);
  const codes: string[] = [];
  for (let job = 0; job < jobs; job++) {
    if (job >= first) {
      if (job === first) for (let more = atOnce; more < first; more++) hint.recordEnd();
      hint.recordEnd();
      await clock.sleep(pause);
    }
    codes.push(hint.recordStart(quota)?.code ?? "");
  }
  return codes.filter((code) => code !== "");
}

describe("ParallelismHint for --parallel 8", () => {
  const once = ["parallelism-below-quota"];
  const cases: [title: string, hints: () => Promise<string[]>, expected: string[]][] = [
    ["is given once if each job starts when another ends", () => hintsFor(8), once],
    ["is not given if the quota is no higher", () => hintsFor(8, { quota: 8 }), []],
    ["is not given if fewer jobs run at once", () => hintsFor(3), []],
    ["is not given if jobs start long after others end", () => hintsFor(8, { pause: 5_000 }), []],
    ["is not given if only one job starts after an end", () => hintsFor(8, { jobs: 9 }), []],
    ["is not given if more jobs run at once", () => hintsFor(9), []],
    ["is not given if more jobs have run at once", () => hintsFor(8, { first: 9 }), []],
  ];
  for (const [title, hints, expected] of cases)
    it(title, async () => expect(await hints()).to.deep.equal(expected));
});

describe("two resources with the same request in one process", () => {
  const tags = [{ key: "k", value: "v" }];
  const pairs: [what: string, one: JobInputs, other: JobInputs][] = [
    ["the same inputs", s3Import(), s3Import()],
    ["sets in another order", s3Import(["a", "b"]), s3Import(["b", "a"])],
    ["API keys that the service may hide", apiImport({ apiKey: "1" }), apiImport({ apiKey: "2" })],
    ["tags that the service may hide", s3Import(), s3Import(["a.csv"], { assetConfiguration: { tags } })],
  ];

  /** Two resources, each of which may have a session. */
  const checkTwoJobs = (one: JobInputs, other: JobInputs, second = (first: Host, _: Simulator) => first) =>
    checkInterleavings(
      { later: fc.nat(2_000) },
      async ({ latency, later }) => {
        const service = new Simulator({ latency });
        const first = host(service);
        const { create } = second(first, service);
        const created = [first.create(one), service.clock.pass(later).then(() => create(other))];
        const ids = idsOf(await Promise.all(created));
        expect(service.effects().sort()).to.deep.equal(ids.sort());
        expect(new Set(ids).size).to.equal(2);
      },
      100,
    );

  for (const [what, one, other] of pairs) it(`create two jobs with ${what}`, () => checkTwoJobs(one, other));

  it("create two jobs with two profiles", () =>
    checkTwoJobs(s3Import(), s3Import(["a.csv"], { profile: "other" }), ({ ownership }, service) =>
      host(service, { ownership }),
    ));

  it("get their own assets if they import one key into one revision at any time", () =>
    checkInterleavings(
      { later: fc.nat(8_000), first: fc.nat(9_000) },
      async ({ latency, later, first }) => {
        const service = new Simulator({ latency, duration: ({ id }) => (id === "job1" ? first : 4_000) });
        const { create } = host(service);
        const second = service.clock.pass(later).then(() => create(s3Import(["a", "c"])));
        const created = await Promise.all([create(s3Import(["a", "b"])), second]);
        const assets = created.map(({ outputs }) => outputs.assets);
        const names = assets.map((own) => namesOf(own).sort());
        expect(names).to.deep.equal([..."bc"].map((key) => ["a", key]));
        expect(new Set(idsOf(assets.flat())).size).to.equal(4);
      },
      100,
    ));
});
