import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobState } from "../../../service-model/job";
import { host } from "../support/host";
import { mortal } from "../support/killed-at-call";
import {
  apiImport,
  day,
  existing,
  codeOf,
  failureOf,
  hour,
  s3Export,
  s3Import,
  upload,
} from "../support/samples";
import { Simulator } from "../support/simulator";

const urn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:Job::prices";

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

describe("a job that only looks alike", () => {
  const states: [state: JobState, age: number][] = [
    ["COMPLETED", hour],
    ["COMPLETED", 10 * day],
    ["IN_PROGRESS", 60_000],
    ["ERROR", hour],
    ["CANCELLED", hour],
    ["TIMED_OUT", hour],
  ];
  for (const [state, age] of states) {
    for (const inputs of [s3Import(["a", "b"]), s3Export(["a", "b"]), upload()]) {
      it(`is left alone when it is an ${inputs.type} in ${state}`, async () => {
        const service = new Simulator({ duration: 120_000 });
        const job = existing(service, inputs, state, { age });
        const { id, outputs } = await host(service).create(inputs);
        expect(id).to.not.equal(job.id);
        expect(outputs.state).to.equal("COMPLETED");
        expect(outputs.assets.length).to.equal(
          inputs.type === "IMPORT_ASSETS_FROM_S3" ? 2 : inputs.upload ? 1 : 0,
        );
      });
    }
  }

  it("is mentioned when its assets may be doubles, and not after a replacement", async () => {
    const service = new Simulator();
    existing(service, s3Import(), "COMPLETED");
    const first = host(service, { machine: {} });
    const { id, outputs } = await first.create(s3Import(), urn);
    expect(first.notes).to.deep.equal(["similar-job-found"]);
    const second = host(service, { machine: {} });
    second.diff(id, outputs, s3Import(["a.csv"], { triggers: [1] }), urn);
    await second.create(s3Import(["a.csv"], { triggers: [1] }), urn);
    expect(second.notes).to.deep.equal([]);
  });

  it("is started in place of a new one when it waits, because it reads what is there from now on", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(["b", "a"]), "WAITING");
    const { id, outputs } = await host(service).create(s3Import(["a", "b"]));
    expect(id).to.equal(job.id);
    expect(outputs.__shared).to.equal(true);
  });

  for (const [what, other] of [
    ["other keys", s3Import(["a", "c"])],
    ["fewer keys", s3Import(["a"])],
    ["other tags", s3Import(["a", "b"], { assetConfiguration: { tags: [{ key: "k", value: "v" }] } })],
    ["another type", s3Export(["a", "b"])],
  ] as const) {
    it(`is none with ${what}`, async () => {
      const service = new Simulator();
      const job = existing(service, other, "WAITING");
      const inputs = s3Import(["a", "b"], { assetConfiguration: { tags: [] } });
      expect((await host(service).create(inputs)).id).to.not.equal(job.id);
      expect(job.state).to.equal("WAITING");
    });
  }

  it("is none when it shows another API key", async () => {
    const service = new Simulator();
    const job = existing(service, apiImport({ apiKey: "1" }), "WAITING", { age: 1 });
    expect((await host(service).create(apiImport({ apiKey: "2" }))).id).to.not.equal(job.id);
    expect(job.state).to.equal("WAITING");
  });

  it("is another resource's when a record on this machine says so", async () => {
    const service = new Simulator({ duration: hour }).fail("startJob", "limit", { times: 40 });
    void host(service).create(s3Import(), urn);
    await service.clock.pass(1_000);
    const { id } = await host(service).create(s3Import(), `${urn}2`);
    expect(id).to.equal("job2");
    await service.clock.pass(3 * hour);
    expect(service.effects().sort()).to.deep.equal(["job1", "job2"]);
  });
});

describe("ListJobs", () => {
  /** The view of a process for which a rival starts a job of the same work that CancelJob and ListJobs disagree about. */
  const contradicting = (shown: JobState) => {
    const service = new Simulator({ duration: hour });
    const listJobs = service.listJobs.bind(service);
    const getJob = service.getJob.bind(service);
    const createJob = service.createJob.bind(service);
    let rival: string | undefined;
    service.createJob = async (request) => {
      const job = await createJob(request);
      await service.clock.pass(10);
      const other = service.newJob(request);
      service.run(other);
      rival = other.id;
      return job;
    };
    service.listJobs = async (query) => {
      const page = await listJobs(query);
      return {
        ...page,
        items: page.items.map((job) => (job.id === rival ? { ...job, state: "WAITING" } : job)),
      };
    };
    service.getJob = async (id) => {
      const job = await getJob(id);
      return id === rival ? { ...job, state: shown } : job;
    };
    return service;
  };

  it("that goes on showing a started rival as waiting is believed no longer than GetJob says so", async () => {
    const service = contradicting("IN_PROGRESS");
    const inputs = s3Import(["a.csv"], { timeouts: { run: "10s" } });
    const { id } = await failureOf(host(service).create(inputs, urn), UnfinishedJobError);
    expect(service.effects()).to.deep.equal([id]);
    expect(service.count("cancelJob")).to.equal(2);
  });

  it("that shows a rival which can neither be cancelled nor has started leads to a sentence, in time", async () => {
    const service = contradicting("WAITING");
    const inputs = s3Import(["a.csv"], { timeouts: { request: "30s" } });
    expect(await codeOf(host(service).create(inputs, urn))).to.equal("rival-job-not-cancelled");
    expect(service.jobs[0]!.state).to.equal("CANCELLED");
  });

  it("is asked again until it shows the own job, which is not started before", async () => {
    const service = new Simulator({ listingLag: 20_000 });
    const made = host(service).create(s3Import());
    await service.clock.pass(19_000);
    expect(service.effects()).to.deep.equal([]);
    expect((await made).outputs.state).to.equal("COMPLETED");
  });

  it("that never shows the own job leads to a sentence and to no job that starts", async () => {
    const service = new Simulator({ listingLag: Infinity });
    const waiting = host(service).create(s3Import(["a"], { timeouts: { request: "1m" } }));
    expect(await codeOf(waiting)).to.equal("job-not-listed");
    expect([service.effects(), service.jobs[0]!.state]).to.deep.equal([[], "CANCELLED"]);
  });

  it("that is denied to the role, not to the identity, is a failure of its own", async () => {
    const service = new Simulator().fail("listJobs", "accessDenied", {
      times: Infinity,
      facts: { action: "sts:AssumeRole" },
    });
    const { create, warnings } = host(service);
    expect(await codeOf(create(s3Import()))).to.equal("access-denied");
    expect(warnings).to.deep.equal([]);
    expect(service.effects()).to.deep.equal([]);
  });
});
