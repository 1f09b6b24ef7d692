import { expect } from "chai";

import type { JobInputs } from "../../../provider/core";
import type { JobState } from "../../../provider/model/job";
import { host } from "../support/host";
import { apiImport, day, existing, failureOf, hour, s3Export, s3Import, upload } from "../support/samples";
import { Simulator } from "../support/simulator";

type Adopt = NonNullable<JobInputs["adopt"]>;

/** A job that is there already, and with which `adopt` it makes a new one unnecessary: for imports, for exports. */
const left: [
  what: string,
  state: JobState,
  how: { age?: number; assets?: boolean },
  imports: Adopt[],
  exports: Adopt[],
][] = [
  ["waits", "WAITING", {}, ["unfinished", "recent", "all"], ["unfinished", "recent", "all"]],
  ["runs", "IN_PROGRESS", {}, ["unfinished", "recent", "all"], ["unfinished", "recent", "all"]],
  ["completed 23 hours ago", "COMPLETED", { age: 23 * hour }, ["recent", "all"], []],
  ["completed 25 hours ago", "COMPLETED", { age: 25 * hour }, ["all"], []],
  ["completed and whose assets were deleted", "COMPLETED", { assets: false }, [], []],
  ["failed", "ERROR", {}, [], []],
  ["was cancelled", "CANCELLED", {}, [], []],
  ["timed out", "TIMED_OUT", {}, [], []],
];

describe("adopt", () => {
  for (const adopt of ["none", "unfinished", "recent", "all"] as const) {
    for (const [what, state, how, imports, exports] of left) {
      for (const inputs of [s3Import(["a", "b"], { adopt }), s3Export(["a", "b"], { adopt })]) {
        const takes = (inputs.type.startsWith("IMPORT") ? imports : exports).includes(adopt);
        it(`"${adopt}" ${takes ? "takes over" : "makes a new job beside"} an ${inputs.type} that ${what}`, async () => {
          const service = new Simulator();
          const job = existing(service, inputs, state, how);
          const { id, outputs } = await host(service).create(inputs);
          expect(outputs).to.deep.include({ state: "COMPLETED", ...inputs });
          expect(outputs.assets.map(({ name }) => name)).to.deep.equal(
            inputs.type.startsWith("IMPORT") ? ["a", "b"] : [],
          );
          expect(id === job.id).to.equal(takes);
          expect(service.jobs).to.have.length(takes ? 1 : 2);
          expect(service.jobs.find((made) => made.id === id)!.runs).to.equal(1);
        });
      }
    }
  }

  it('is "recent" unless told otherwise', async () => {
    const service = new Simulator();
    const young = existing(service, s3Import(), "COMPLETED", { age: 23 * hour });
    expect((await host(service).create(s3Import())).id).to.equal(young.id);
    young.updatedAt = service.clock.iso(-25 * hour);
    expect((await host(service).create(s3Import())).id).to.not.equal(young.id);
  });

  it("prefers a job that runs to one that waits, and the oldest of those that wait", async () => {
    const service = new Simulator();
    const [older, younger] = [2 * hour, hour].map((age) => existing(service, s3Import(), "WAITING", { age }));
    expect((await host(service).create(s3Import())).id).to.equal(older!.id);
    const running = existing(service, s3Import(), "IN_PROGRESS", { age: 1 });
    expect((await host(service).create(s3Import())).id).to.equal(running.id);
    expect(younger!.runs).to.equal(0);
  });

  it("prefers an import that has completed to one that waits, and would do the same again", async () => {
    const service = new Simulator();
    const waiting = existing(service, s3Import(), "WAITING", { age: 2 * hour });
    const completed = existing(service, s3Import(), "COMPLETED");
    expect((await host(service).create(s3Import())).id).to.equal(completed.id);
    expect(waiting.runs).to.equal(0);
    expect((await host(service).create(s3Import(undefined, { adopt: "unfinished" }))).id).to.equal(
      waiting.id,
    );
  });

  it("takes the same work for the same however it is written", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(["b", "a"]), "WAITING");
    expect((await host(service).create(s3Import(["a", "b"]))).id).to.equal(job.id);
  });

  it("takes tags in another order for the same tags", async () => {
    const tagged = (...keys: string[]) =>
      s3Import(["a"], { assetConfiguration: { tags: keys.map((key) => ({ key, value: "v" })) } });
    const service = new Simulator();
    const job = existing(service, tagged("b", "a"), "WAITING");
    expect((await host(service).create(tagged("a", "b"))).id).to.equal(job.id);
  });

  it("does not need the service to repeat an API key", async () => {
    const service = new Simulator();
    const job = existing(service, apiImport(), "WAITING", { age: 1 });
    expect((await host(service).create(apiImport({ apiKey: "KEY" }))).id).to.equal(job.id);
  });

  for (const [what, twin] of [
    ["other keys", s3Import(["a", "c"])],
    ["fewer keys", s3Import(["a"])],
    ["other tags", s3Import(["a", "b"], { assetConfiguration: { tags: [{ key: "k", value: "v" }] } })],
    ["another type", s3Export(["a", "b"])],
  ] as const) {
    it(`leaves a job with ${what} alone`, async () => {
      const service = new Simulator();
      const job = existing(service, twin, "WAITING");
      const inputs = s3Import(["a", "b"], { assetConfiguration: { tags: [] } });
      expect((await host(service).create(inputs)).id).to.not.equal(job.id);
      expect(job.state).to.equal("WAITING");
    });
  }

  it("leaves a job with tags alone when none are wanted", async () => {
    const service = new Simulator();
    const tags = [{ key: "k", value: "v" }];
    const job = existing(service, s3Import(["a"], { assetConfiguration: { tags } }), "WAITING");
    expect((await host(service).create(s3Import(["a"]))).id).to.not.equal(job.id);
  });

  it("leaves an upload of another body alone", async () => {
    const service = new Simulator();
    const job = existing(service, upload("old"), "COMPLETED");
    expect((await host(service).create(upload("new"))).id).to.not.equal(job.id);
  });

  it("does not take over a job that waits for its body and whose URL has expired", async () => {
    const service = new Simulator({ urlLifetime: hour });
    const job = existing(service, upload(), "WAITING", { age: hour + 1 });
    expect((await host(service).create(upload())).id).to.not.equal(job.id);
    expect(service.effects()).to.have.length(1);
  });

  it("goes on with a job that waits for its body while its URL works", async () => {
    const service = new Simulator({ urlLifetime: hour });
    const job = existing(service, upload(), "WAITING", { age: hour / 2 });
    expect((await host(service).create(upload())).id).to.equal(job.id);
    expect([...service.bodies.keys()]).to.deep.equal([`https://uploads.test/${job.id}`]);
  });

  it("does not take over a job that this run knows from a state", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "COMPLETED");
    const process = host(service);
    process.claims.seenInState(job.id);
    expect((await process.create(s3Import())).id).to.not.equal(job.id);
  });

  it("finds a job on a later page of ListJobs, and assets on a later page of theirs", async () => {
    const service = new Simulator({ pageSize: 2 });
    const keys = ["a", "b", "c", "d", "e"];
    const job = existing(service, s3Import(keys), "COMPLETED", { age: 10 * hour });
    for (let i = 0; i < 7; i++) existing(service, s3Import([`other${i}`]), "COMPLETED", { age: hour });
    const { id, outputs } = await host(service).create(s3Import(keys));
    expect(id).to.equal(job.id);
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(keys);
  });

  it("imports again when one of the assets of a completed import is gone", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(["a", "b"]), "COMPLETED");
    service.assets.pop();
    expect((await host(service).create(s3Import(["a", "b"]))).id).to.not.equal(job.id);
  });

  it("does not take the assets of an earlier import for those that a later one made", async () => {
    const service = new Simulator();
    const owned = existing(service, s3Import(), "COMPLETED", { age: 3 * hour });
    const emptied = existing(service, s3Import(), "COMPLETED", { age: hour, assets: false });
    const process = host(service);
    process.claims.seenInState(owned.id);
    expect((await process.create(s3Import())).id).to.not.be.oneOf([emptied.id, owned.id]);
  });

  it("does not take the assets of a later import for those that an earlier one made", async () => {
    const service = new Simulator();
    const emptied = existing(service, s3Import(), "COMPLETED", { age: 3 * hour, assets: false });
    const owned = existing(service, s3Import(), "COMPLETED", { age: hour });
    const process = host(service);
    process.claims.seenInState(owned.id);
    expect((await process.create(s3Import())).id).to.not.be.oneOf([emptied.id, owned.id]);
  });
});

describe("adopt: work that is to be done again", () => {
  /** A completed job in state whose triggers have changed; the plan has been made, the new job has not. */
  const triggered = async (service: Simulator) => {
    const process = host(service);
    const { id, outputs } = await host(service).create(s3Import(["a"], { triggers: [1] }));
    const inputs = s3Import(["a"], { triggers: [2] });
    expect(process.diff(id, outputs, inputs).replaces).to.deep.equal(["triggers"]);
    return { ...process, id, inputs };
  };

  it("does not take over a job older than the one that is replaced", async () => {
    const service = new Simulator();
    const older = existing(service, s3Import(["a"], { adopt: "none" }), "COMPLETED", { age: day / 2 });
    older.createdAt = service.clock.iso(-day / 2);
    service.assets.length = 0;
    const { create, id, inputs } = await triggered(service);
    service.complete(older);
    const made = await create(inputs);
    expect(made.id).to.not.be.oneOf([older.id, id]);
    expect(service.jobs).to.have.length(3);
  });

  it("takes over a job younger than the one that is replaced, which a crash cut off from state", async () => {
    const service = new Simulator();
    const { create, inputs } = await triggered(service);
    await service.clock.pass(hour);
    const younger = existing(service, inputs, "COMPLETED", { age: hour / 2 });
    expect((await create(inputs)).id).to.equal(younger.id);
  });
});

describe("adopt: by a process that has looked at the revision just before", () => {
  /** Looks, for other work; what happens in the service from then on is not in its listing. */
  const looked = async (service: Simulator) => {
    const process = host(service);
    await process.create(s3Import(["other.csv"]));
    return process;
  };

  for (const state of ["ERROR", "CANCELLED", "TIMED_OUT"] as const) {
    it(`takes over no job that has since ended as ${state}`, async () => {
      const service = new Simulator({ duration: 1_000 });
      const job = existing(service, s3Import(), state === "CANCELLED" ? "WAITING" : "IN_PROGRESS");
      job.endsAt = Infinity;
      const { create, notes } = await looked(service);
      job.state = state;
      const { id } = await create(s3Import());
      expect([id === job.id, notes]).to.deep.equal([false, []]);
    });
  }

  it('"none" makes a job beside one that another process has made since', async () => {
    const service = new Simulator({ duration: 1_000 });
    const { create, notes } = await looked(service);
    const job = existing(service, s3Import(), "IN_PROGRESS", { age: 0 });
    const { id } = await create(s3Import(undefined, { adopt: "none" }));
    expect([id === job.id, notes]).to.deep.equal([false, []]);
    expect(service.effects()).to.include.members([job.id, id]);
  });

  for (const [what, theirs, ours] of [
    ["with another API key", apiImport({ apiKey: "1" }), apiImport({ apiKey: "2" })],
    ['with "unfinished"', s3Import(), s3Import(undefined, { adopt: "unfinished" })],
  ] as const) {
    it(`${what} takes over no job that another process has made and completed since`, async () => {
      const service = new Simulator({ duration: 500 });
      const { create, notes } = await looked(service);
      const job = await host(service).create(theirs);
      const { id } = await create(ours);
      expect([id === job.id, notes]).to.deep.equal([false, []]);
    });
  }

  it("takes over an import that another process has made and completed since", async () => {
    const service = new Simulator({ duration: 500 });
    const { create } = await looked(service);
    const job = await host(service).create(s3Import());
    expect((await create(s3Import())).id).to.equal(job.id);
  });
});

describe("adopt: what is said of it", () => {
  it("names a completed job that is taken over, since when it is done, and how to run it again", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "COMPLETED");
    const { create, notes, statuses } = host(service);
    await create(s3Import());
    expect(notes).to.deep.equal([
      `Job ${job.id} (IMPORT_ASSETS_FROM_S3) did the same work and completed at ${job.updatedAt}: it is taken over, and ` +
        'nothing runs. To run the work again, change `triggers`, or set `adopt` to "none" before the resource is made or replaced.',
    ]);
    expect(statuses.at(-1)).to.equal(`took over job ${job.id}, completed at ${job.updatedAt}; nothing ran`);
  });

  for (const [state, told] of [
    ["WAITING", "waits to be started"],
    ["IN_PROGRESS", "is in progress"],
  ] as const) {
    it(`names a job that ${told}, and ends with how it ended`, async () => {
      const service = new Simulator();
      const job = existing(service, s3Import(), state);
      const { create, notes, statuses } = host(service);
      await create(s3Import());
      expect(notes).to.deep.equal([
        `Job ${job.id} (IMPORT_ASSETS_FROM_S3) does the same work and ${told}: it is taken over, and no new job is made.`,
      ]);
      expect(statuses.at(-1)).to.equal("completed, 1 asset");
    });
  }

  it("is nothing where a new job is made", async () => {
    const service = new Simulator();
    const { create, notes, statuses } = host(service);
    await create(s3Import());
    expect(notes).to.deep.equal([]);
    expect(statuses.at(-1)).to.equal("completed, 1 asset");
  });

  it("goes on without ListJobs only where that is denied, not where the role that makes the call is", async () => {
    const service = new Simulator().fail("listJobs", "accessDenied", {
      times: Infinity,
      facts: { action: "sts:AssumeRole" },
    });
    const { create, warnings } = host(service);
    expect((await failureOf(create(s3Import()))).message).to.contain("Allow sts:AssumeRole");
    expect([warnings, service.count("createJob")]).to.deep.equal([[], 0]);
  });
});
