import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { markReturned } from "../../../provider/core/job-record";
import { host, idsOf, mortal, namesOf } from "../../simulation/host";
import { existing, hour, s3Export, s3Import, upload, urn } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

/** A run of the resource whose process is killed after the call took effect. */
const killedAfter = async (service: Simulator, call: "createJob" | "startJob", inputs: JobInputs) => {
  const calls = call === "createJob" ? 1 : service.story().length + (inputs.upload ? 4 : 3);
  void host(mortal(service, calls, true)).create(inputs, urn);
  await service.clock.pass(1_000);
};

const triggered = (trigger: unknown, keys = ["a.csv"], more: Partial<JobInputs> = {}) =>
  s3Import(keys, { triggers: [trigger], ...more });

describe("the job of an interrupted run", () => {
  it("is started if it waits", async () => {
    const service = new Simulator();
    void host(mortal(service, 3, false)).create(s3Import(), urn);
    await service.clock.pass(1_000);
    const { id, outputs } = await host(service).create(s3Import(), urn);
    expect([id, outputs.state, service.jobs.length]).to.deep.equal(["job1", "COMPLETED", 1]);
  });

  for (const later of [1_000, hour]) {
    it(`is adopted after ${later / 1_000} s, with a duration of a minute`, async () => {
      const service = new Simulator({ duration: 60_000 });
      await killedAfter(service, "startJob", s3Import());
      await service.clock.pass(later);
      const { create, notes } = host(service);
      const { id, outputs } = await create(s3Import(), urn);
      expect([id, outputs.state, outputs.assets.length]).to.deep.equal(["job1", "COMPLETED", 1]);
      expect(service.effects()).to.deep.equal(["job1"]);
      expect(notes).to.deep.equal(["job-adopted"]);
    });
  }

  it("is started as another process's job if the interrupted run had adopted it", async () => {
    const service = new Simulator();
    const left = existing(service, s3Import(), "WAITING", { age: 1_000 });
    // The fourth call is StartJob, after CreateJob, ListJobs and CancelJob.
    void host(mortal(service, 4, false)).create(s3Import(), urn);
    await service.clock.pass(1_000);
    const { create, notes } = host(service);
    const { id, outputs } = await create(s3Import(), urn);
    expect([id, outputs.__shared, service.effects()]).to.deep.equal([left.id, true, [left.id]]);
    expect(notes).to.deep.equal(["job-adopted"]);
  });

  it("is started if another process has done the work meanwhile, because that may have read older content", async () => {
    const service = new Simulator({ duration: 1_000 });
    void host(mortal(service, 2, true)).create(s3Import(), urn);
    await service.clock.pass(2_000);
    const other = service.newJob(service.jobs[0]!);
    service.run(other);
    await service.clock.pass(hour);
    const { create, notes } = host(service);
    expect((await create(s3Import(), urn)).id).to.equal("job1");
    expect(service.effects()).to.have.members([other.id, "job1"]);
    expect(notes).to.deep.equal(["job-adopted", "similar-job-found"]);
  });

  it("is cancelled if it waits for an upload, because its URL is valid for a minute", async () => {
    const service = new Simulator();
    await killedAfter(service, "createJob", upload());
    const { id } = await host(service).create(upload(), urn);
    expect(service.jobs.find((job) => job.id !== id)?.state).to.equal("CANCELLED");
    expect(service.effects()).to.deep.equal([id]);
  });

  it("leaves the asset of an equal job to the state that names it, although that is read later", async () => {
    const service = new Simulator({ duration: 60_000 });
    const first = host(service).create(s3Import(), "urn:b");
    await service.clock.pass(1_000);
    void host(mortal(service, 3, true)).create(s3Import(), "urn:a");
    const inState = await first;
    await service.clock.pass(5_000);
    const { create, diff } = host(service);
    const resumed = await create(s3Import(), "urn:a");
    diff(inState.id, inState.outputs, s3Import(), "urn:b");
    expect([resumed.id, inState.id]).to.have.members(service.effects());
    expect(idsOf([...resumed.outputs.assets, ...inState.outputs.assets])).to.have.members(
      idsOf(service.assets),
    );
  });

  for (const [what, later] of [
    ["other triggers", triggered("new")],
    ["other inputs", triggered("old", ["a.csv", "b.csv"])],
    ['adopt: "none"', triggered("old", ["a.csv"], { adopt: "none" })],
  ] as const) {
    it(`is withdrawn with its assets if the next run has ${what}`, async () => {
      const service = new Simulator({ duration: 60_000 });
      await killedAfter(service, "startJob", triggered("old"));
      const { id, outputs } = await host(service).create(later, urn);
      expect(id).to.not.equal("job1");
      expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
    });
  }

  it("keeps its assets if another resource has the same inputs", async () => {
    const service = new Simulator({ duration: 1_000 });
    await killedAfter(service, "startJob", s3Import());
    await service.clock.pass(hour);
    const { id } = await host(service).create(s3Import(), `${urn}-renamed`);
    expect(id).to.not.equal("job1");
    expect(service.assets).to.have.length(2);
  });

  for (const later of [s3Import(["b.csv"]), s3Export(["b.csv"])]) {
    it(`is withdrawn with assets that are listed late, before an ${later.type}`, async () => {
      const service = new Simulator({ duration: 5_000, listingLag: 20_000 });
      void host(mortal(service, 30, true)).create(s3Import(["a.csv"]), urn);
      while (service.count("startJob") === 0) await service.clock.pass(100);
      const process = host(service);
      const find = process.records.find.bind(process.records);
      process.records.find = async (key) => {
        const record = await find(key);
        return record && { ...record, active: false };
      };
      await process.create(later, urn);
      await service.clock.pass(60_000);
      expect(namesOf(service.assets)).to.not.include("a.csv");
    });
  }

  for (const later of [0, hour]) {
    it(`is withdrawn with its assets, ${later / hour} hours after its engine was killed`, async () => {
      const service = new Simulator({ duration: 5_000 });
      let wanted = true;
      const orphan = host(service, { wanted: () => wanted }).create(s3Import(["old"]), urn);
      await service.clock.pass(3_000);
      wanted = false;
      await service.clock.pass(later);
      const { outputs } = await host(service).create(s3Import(["new"]), urn);
      await orphan;
      expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
    });
  }
});

describe("the job of a record that is older than the state", () => {
  for (const [what, trigger] of [
    ["if the record has the digest of the new inputs", 2],
    ["if the record has another digest", 3],
  ] as const) {
    it(`is not adopted, and keeps its assets, ${what}`, async () => {
      const service = new Simulator();
      const old = await host(service).create(triggered(1, ["a"]), urn);
      const process = host(service);
      await process.records.remove((await process.records.findKey(old.id))!, old.id);
      const { id, outputs } = await process.create(triggered(2, ["a"]), urn);
      // A pipeline's cache may restore a record from before the second job.
      const key = (await process.records.findKey(id))!;
      const { work } = (await process.records.find(key))!;
      await process.records.write(key, { work: trigger === 2 ? work : "of the first job", job: old.id });
      const next = host(service);
      next.diff(id, outputs, triggered(trigger === 2 ? 1 : 3, ["a"]), urn);
      const created = await next.create(triggered(trigger, ["a"]), urn);
      expect(created.id).to.not.be.oneOf([old.id, id]);
      expect(idsOf(service.assets)).to.include.members(idsOf(old.outputs.assets));
    });
  }
});

describe("the job of an interrupted replacement", () => {
  const inputs = (trigger: number) => triggered(trigger, ["a.csv"], { onDelete: "deleteAssets" });

  for (const [when, last, passes] of [
    ["while it runs", 3, 10_000],
    ["after it was returned", Infinity, 100_000],
  ] as const) {
    it(`is withdrawn ${when}, if the program asks for the job in state again`, async () => {
      const service = new Simulator({ duration: 60_000 });
      const { id, outputs } = await host(service).create(inputs(1), urn);
      const replacing = host(mortal(service, last, true));
      replacing.diff(id, outputs, inputs(2), urn);
      void replacing.create(inputs(2), urn);
      await service.clock.pass(passes);
      const process = host(service);
      process.diff(id, outputs, inputs(1), urn);
      expect(await process.update(id, outputs, inputs(1), urn)).to.deep.equal(outputs);
      expect(service.effects()).to.have.length(2);
      expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
      expect(process.notes).to.deep.equal(["interrupted-replacement-withdrawn"]);
    });
  }

  it("is withdrawn with its assets if the triggers changed, although it was returned to the engine", async () => {
    const service = new Simulator();
    await host(service).create(inputs(1), urn);
    const { outputs } = await host(service).create(inputs(2), urn);
    expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
  });
});

describe("a job that was returned to the engine, and that no state names", () => {
  it("is adopted for the same inputs and triggers", async () => {
    const service = new Simulator();
    const created = await host(service).create(triggered(1), urn);
    const { create, statuses } = host(service);
    expect((await create(triggered(1), urn)).id).to.equal(created.id);
    expect(statuses.at(-1)).to.match(/^adopted job job1, completed at /);
  });

  it("keeps its assets if the triggers changed, because a state may name it", async () => {
    const service = new Simulator();
    const { outputs } = await host(service).create(triggered(1), urn);
    const again = await host(service).create(triggered(2), urn);
    expect(service.effects()).to.have.length(2);
    expect(idsOf(service.assets)).to.have.members(idsOf([...outputs.assets, ...again.outputs.assets]));
  });

  it("is not marked as returned in a record that names a later job", async () => {
    const { records } = host(new Simulator());
    const assertEngineAlive = () => Promise.resolve();
    await records.write("key", { work: "w", job: "job2" });
    await markReturned({ records, recordKey: "key", assertEngineAlive }, "job1");
    expect((await records.find("key"))?.returned).to.equal(undefined);
    await markReturned({ records, recordKey: "key", assertEngineAlive }, "job2");
    expect((await records.find("key"))?.returned).to.equal(true);
  });

  type Change = (service: Simulator, process: ReturnType<typeof host>) => unknown;
  const cases: [when: string, inputs: JobInputs, change: Change, options?: { machine: object }][] = [
    ["if one of its assets is gone", s3Import(["a", "b"]), ({ assets }) => assets.pop()],
    ["if a state names it", s3Import(), (_, { ownership }) => ownership.recordFromState("job1")],
    ["if it is an export, which writes the same bytes", s3Export(), () => undefined],
    ["from another machine", s3Import(), () => undefined, { machine: {} }],
  ];
  for (const [when, inputs, change, options] of cases) {
    it(`is not adopted ${when}`, async () => {
      const service = new Simulator();
      await host(service).create(inputs, urn);
      const process = host(service, options);
      change(service, process);
      expect((await process.create(inputs, urn)).id).to.not.equal("job1");
      if (options) expect(process.notes).to.deep.equal(["similar-job-found"]);
    });
  }
});
