import { expect } from "chai";

import { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobState } from "../../../service-model/job";
import { host } from "../support/host";
import {
  apiImport,
  codeOf,
  day,
  existing,
  failureOf,
  hour,
  s3Export,
  s3Import,
  tagPolicyImport,
  upload,
  urn,
} from "../support/samples";
import { Simulator } from "../support/simulator";

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

describe("two imports by tag policies with one role into one revision", () => {
  it("have the assets of their own policy each", async () => {
    const service = new Simulator();
    const { create, warnings } = host(service);
    const made = await Promise.all(
      [tagPolicyImport("one"), tagPolicyImport("two")].map((inputs) => create(inputs)),
    );
    for (const { id, outputs } of made) {
      const [asset] = outputs.assets;
      const shown = service.assets.find((other) => other.id === asset!.id);
      const { details } = service.jobs.find((job) => job.id === id)!;
      const { expression } = details.importAssetsFromLakeFormationTagPolicy!.database as {
        expression: unknown;
      };
      expect(JSON.stringify(shown)).to.contain(JSON.stringify(expression));
    }
    expect(warnings).to.deep.equal([]);
  });
});
