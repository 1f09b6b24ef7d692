import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { host, mortal } from "../support/host";
import { hour, s3Export, s3Import, upload, urn } from "../support/samples";
import { Simulator } from "../support/simulator";

/** A run of the resource that is killed during one of its calls, after the call took effect. */
const killedAfter = async (service: Simulator, call: "createJob" | "startJob", inputs: JobInputs) => {
  const calls = call === "createJob" ? 1 : service.story().length + (inputs.upload ? 4 : 3);
  void host(mortal(service, calls, true)).create(inputs, urn);
  await service.clock.pass(1_000);
};

describe("a job that an interrupted run left", () => {
  it("is started when it waits", async () => {
    const service = new Simulator();
    void host(mortal(service, 3, false)).create(s3Import(), urn);
    await service.clock.pass(1_000);
    const { id, outputs } = await host(service).create(s3Import(), urn);
    expect([id, outputs.state]).to.deep.equal(["job1", "COMPLETED"]);
    expect(service.jobs).to.have.length(1);
  });

  it("is waited for when it runs, and found again when it has ended", async () => {
    for (const later of [1_000, hour]) {
      const service = new Simulator({ duration: 60_000 });
      await killedAfter(service, "startJob", s3Import());
      await service.clock.pass(later);
      const { create, notes } = host(service);
      const { id, outputs } = await create(s3Import(), urn);
      expect([id, outputs.state, outputs.assets.length]).to.deep.equal(["job1", "COMPLETED", 1]);
      expect(service.effects()).to.deep.equal(["job1"]);
      expect(notes).to.deep.equal(["job-adopted"]);
    }
  });

  for (const inputs of [s3Import(), upload()]) {
    it(`is found although ListJobs is 5 s behind CreateJob, for an ${inputs.type} killed at any call`, async () => {
      for (let last = 1; last <= 14; last++) {
        const service = new Simulator({ duration: hour, listingLag: 5_000 });
        void host(mortal(service, last, true)).create(inputs, urn);
        await service.clock.pass(20_000);
        await host(service).create(inputs, urn);
        expect(service.effects(), `killed at call ${last}`).to.have.length(1);
      }
    });
  }

  it("is cancelled when it waits for a body, because its URL lives for a minute", async () => {
    const service = new Simulator();
    await killedAfter(service, "createJob", upload());
    const { id } = await host(service).create(upload(), urn);
    expect(service.jobs.find((job) => job.id !== id)?.state).to.equal("CANCELLED");
    expect(service.effects()).to.deep.equal([id]);
  });

  for (const [what, later] of [
    ["other triggers", s3Import(["a.csv"], { triggers: ["new"] })],
    ["other inputs", s3Import(["a.csv", "b.csv"], { triggers: ["old"] })],
    ['adopt: "none"', s3Import(["a.csv"], { triggers: ["old"], adopt: "none" })],
  ] as const) {
    it(`is withdrawn with its assets when the next run has ${what}`, async () => {
      const service = new Simulator({ duration: 60_000 });
      await killedAfter(service, "startJob", s3Import(["a.csv"], { triggers: ["old"] }));
      const { id, outputs } = await host(service).create(later, urn);
      expect(id).to.not.equal("job1");
      expect(service.assets.map((asset) => asset.id)).to.deep.equal(outputs.assets.map((asset) => asset.id));
    });
  }

  it("keeps its assets when another resource asks for the same, which makes a job of its own", async () => {
    const service = new Simulator({ duration: 1_000 });
    await killedAfter(service, "startJob", s3Import());
    await service.clock.pass(hour);
    const { id } = await host(service).create(s3Import(), `${urn}-renamed`);
    expect(id).to.not.equal("job1");
    expect(service.assets).to.have.length(2);
  });

  it("is withdrawn with the assets that are listed late", async () => {
    for (const later of [s3Import(["b.csv"]), s3Export(["b.csv"])]) {
      const service = new Simulator({ duration: 5_000, listingLag: 20_000 });
      void host(mortal(service, 30, true)).create(s3Import(["a.csv"]), urn);
      while (service.count("startJob") === 0) await service.clock.pass(100);
      const process = host(service, { machine: service.clock });
      process.records.find = ((find) => async (key: string) => {
        const record = await find(key);
        return record && { ...record, active: false };
      })(process.records.find.bind(process.records));
      await process.create(later, urn);
      await service.clock.pass(60_000);
      expect(service.assets.map(({ name }) => name)).to.not.include("a.csv");
    }
  });
});

describe("a job that goes on after its engine was killed", () => {
  for (const later of [0, hour]) {
    it(`is withdrawn with its assets by a run of another program, ${later / hour} hours later`, async () => {
      const service = new Simulator({ duration: 5_000 });
      let wanted = true;
      const orphan = host(service, { wanted: () => wanted }).create(s3Import(["old"]), urn);
      await service.clock.pass(3_000);
      wanted = false;
      await service.clock.pass(later);
      const { outputs } = await host(service).create(s3Import(["new"]), urn);
      await orphan;
      expect(service.assets.map(({ id }) => id)).to.deep.equal(outputs.assets.map(({ id }) => id));
    });
  }
});

describe("a record that is older than the state", () => {
  for (const triggers of [[1], [3]]) {
    it(`neither stands in for a new job nor costs its job the assets, with triggers ${triggers.join()}`, async () => {
      const service = new Simulator();
      const old = await host(service).create(s3Import(["a"], { triggers: [1] }), urn);
      const process = host(service);
      await process.records.remove(await process.records.keyOf(old.id).then(String), old.id);
      const { id, outputs } = await process.create(s3Import(["a"], { triggers: [2] }), urn);
      // As a pipeline restores it from the time before the second job.
      const [key, work] = [(await process.records.keyOf(id))!, "of the first job"];
      const digest = (await process.records.find(key))!.work;
      await process.records.write(key, { work: triggers[0] === 1 ? digest : work, job: old.id });
      const next = host(service);
      next.diff(id, outputs, s3Import(["a"], { triggers }), urn);
      const made = await next.create(s3Import(["a"], { triggers: triggers[0] === 1 ? [2] : triggers }), urn);
      expect(made.id).to.not.be.oneOf([old.id, id]);
      expect(service.assets.map((asset) => asset.id)).to.include.members(
        old.outputs.assets.map((asset) => asset.id),
      );
    });
  }
});

describe("a job that an interrupted replacement left", () => {
  for (const returned of [false, true]) {
    it(`is taken back when the program asks for the job in state again, ${returned ? "after it was returned" : "while it runs"}`, async () => {
      const service = new Simulator({ duration: 60_000 });
      const inputs = (trigger: number) =>
        s3Import(["a.csv"], { triggers: [trigger], onDelete: "deleteAssets" });
      const { id, outputs } = await host(service).create(inputs(1), urn);
      const replacing = host(mortal(service, returned ? Infinity : 3, true));
      replacing.diff(id, outputs, inputs(2), urn);
      void replacing.create(inputs(2), urn);
      await service.clock.pass(returned ? 100_000 : 10_000);
      const process = host(service);
      process.diff(id, outputs, inputs(1), urn);
      const updated = await process.update(id, outputs, inputs(1), urn);
      expect(updated).to.deep.equal(outputs);
      expect(service.effects()).to.have.length(2);
      expect(service.assets.map((asset) => asset.id)).to.deep.equal(outputs.assets.map((asset) => asset.id));
      expect(process.notes).to.deep.equal(["interrupted-replacement-withdrawn"]);
    });
  }

  it("goes with its assets when the next run has other triggers, although it was returned", async () => {
    const service = new Simulator();
    const inputs = (trigger: number) =>
      s3Import(["a.csv"], { triggers: [trigger], onDelete: "deleteAssets" });
    await host(service).create(inputs(1), urn);
    const { outputs } = await host(service).create(inputs(2), urn);
    expect(service.assets.map((asset) => asset.id)).to.deep.equal(outputs.assets.map((asset) => asset.id));
  });
});

describe("a job that was returned to the engine, and that no state names", () => {
  it("is taken over for the same inputs and triggers", async () => {
    const service = new Simulator();
    const made = await host(service).create(s3Import(["a"], { triggers: [1] }), urn);
    const { create, statuses } = host(service);
    expect((await create(s3Import(["a"], { triggers: [1] }), urn)).id).to.equal(made.id);
    expect(statuses.at(-1)).to.match(/^adopted job job1, completed at /);
  });

  it("is not taken over for other triggers, and keeps its assets, which a state may name", async () => {
    const service = new Simulator();
    const { outputs } = await host(service).create(s3Import(["a"], { triggers: [1] }), urn);
    const again = await host(service).create(s3Import(["a"], { triggers: [2] }), urn);
    expect(service.effects()).to.have.length(2);
    expect(service.assets.map(({ id }) => id)).to.include.members(
      [...outputs.assets, ...again.outputs.assets].map(({ id }) => id),
    );
  });

  it("is not taken over when one of its assets is gone", async () => {
    const service = new Simulator();
    const { id } = await host(service).create(s3Import(["a", "b"]), urn);
    service.assets.pop();
    expect((await host(service).create(s3Import(["a", "b"]), urn)).id).to.not.equal(id);
  });

  it("is not taken over when a resource of this run has it in state", async () => {
    const service = new Simulator();
    const { id } = await host(service).create(s3Import(), urn);
    const process = host(service);
    process.ownership.recordFromState(id);
    expect((await process.create(s3Import(), urn)).id).to.not.equal(id);
  });

  it("is made again when it is an export, which writes the same bytes", async () => {
    const service = new Simulator();
    const { id } = await host(service).create(s3Export(), urn);
    expect((await host(service).create(s3Export(), urn)).id).to.not.equal(id);
  });

  it("is not taken over from another machine", async () => {
    const service = new Simulator();
    const { id } = await host(service).create(s3Import(), urn);
    const elsewhere = host(service, { machine: {} });
    expect((await elsewhere.create(s3Import(), urn)).id).to.not.equal(id);
    expect(elsewhere.notes).to.deep.equal(["similar-job-found"]);
  });
});
