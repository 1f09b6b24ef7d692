import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { host } from "../support/host";
import { codeOf, existing, failureOf, hour, s3Export, s3Import, upload } from "../support/samples";
import { Simulator } from "../support/simulator";

/** The one job that had an effect ended well, and nobody else's waits to be started. */
const expectOneJob = (service: Simulator, made = 1): void => {
  service.advance();
  expect(service.effects()).to.have.length(1);
  expect(service.jobs).to.have.length(made);
  expect(service.jobs.filter(({ state }) => state === "CANCELLED")).to.have.length(made - 1);
  expect(service.jobs.filter(({ state }) => state === "COMPLETED")).to.have.length(1);
};

describe("create: calls that fail on the way", () => {
  for (const inputs of [s3Import(), s3Export(), upload()]) {
    it(`finds the ${inputs.type} job again whose CreateJob was cut off after it was taken`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true });
      const { id } = await host(service).create(inputs);
      expect(id).to.equal("job1");
      expectOneJob(service, 2);
    });

    it(`makes the ${inputs.type} job again whose CreateJob was cut off before it was taken`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { times: 3 });
      await host(service).create(inputs);
      expect(service.count("createJob")).to.equal(4);
      expectOneJob(service);
    });
  }

  it(`with adopt: "none" leaves a job of before alone, although a CreateJob was cut off`, async () => {
    const service = new Simulator().fail("createJob", "unavailable", { after: true });
    const left = service.newJob(s3Import(), "WAITING", hour);
    const { id } = await host(service).create(s3Import(["a.csv"], { adopt: "none" }));
    expect(id).to.not.equal(left.id);
    expect([left.state, service.effects()]).to.deep.equal(["WAITING", [id]]);
  });

  it("gives CreateJob up after timeouts.request, with nothing in state", async () => {
    const service = new Simulator().fail("createJob", "unavailable", { times: Infinity });
    const started = service.clock.now();
    const error = await failureOf(
      host(service).create(s3Import(["a"], { timeouts: { request: "5m" } })),
      CodedError,
    );
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.code).to.equal("service-unavailable");
    expect(service.clock.now() - started).to.be.within(4.6 * 60_000, 5 * 60_000);
  });

  it("starts a job once whose StartJob was cut off after it took effect", async () => {
    const service = new Simulator().fail("startJob", "unavailable", { after: true });
    await host(service).create(s3Import());
    expectOneJob(service);
  });

  it("sees a job end that ended before a cut-off StartJob was made again", async () => {
    const service = new Simulator({ duration: 0 }).fail("startJob", "unavailable", { after: true });
    const { outputs } = await host(service).create(s3Import());
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.assets).to.have.length(1);
    expectOneJob(service);
  });

  it("sees a job fail that failed before a cut-off StartJob was made again", async () => {
    const outcome = () => ({
      state: "ERROR" as const,
      errors: [{ code: "VALIDATION_EXCEPTION", message: "No." }],
    });
    const service = new Simulator({ duration: 0, outcome }).fail("startJob", "unavailable", { after: true });
    expect(await codeOf(host(service).create(s3Import()))).to.equal("job-failed");
    expect(service.effects()).to.have.length(1);
  });

  for (const operation of [
    "listJobs",
    "createJob",
    "put",
    "startJob",
    "getJob",
    "listRevisionAssets",
  ] as const) {
    for (const kind of ["throttled", "unavailable"] as const) {
      it(`bears ${operation} ${kind} five times`, async () => {
        const service = new Simulator().fail(operation, kind, { times: 5 });
        const { outputs } = await host(service).create(upload());
        expect(outputs).to.include({ state: "COMPLETED" });
        expect(outputs.assets).to.have.length(1);
        expectOneJob(service);
      });
    }
  }

  for (const kind of ["invalid", "accessDenied", "conflict", "notFound", "other"] as const) {
    it(`does not repeat a CreateJob that failed as ${kind}`, async () => {
      const service = new Simulator().fail("createJob", kind, { times: Infinity });
      await failureOf(host(service).create(s3Import()));
      expect(service.count("createJob")).to.equal(1);
    });
  }

  it("waits at StartJob while the account's quota is used up, says so, and goes on", async () => {
    const service = new Simulator().fail("startJob", "limit", { times: 20 });
    const { create, statuses } = host(service);
    await create(s3Import());
    expect(statuses).to.include("waiting for the account's other jobs of this type to end");
    expectOneJob(service);
  });

  it("waits at CreateJob while the account's quota is used up, and goes on", async () => {
    const service = new Simulator().fail("createJob", "limit", { times: 3 });
    await host(service).create(s3Import());
    expectOneJob(service);
  });

  it("waits for the quota no longer than timeouts.queue, and keeps the job", async () => {
    const service = new Simulator().fail("startJob", "limit", { times: Infinity });
    const started = service.clock.now();
    const inputs = s3Import(["a"], { timeouts: { queue: "30m" } });
    const { outputs } = await failureOf(host(service).create(inputs), UnfinishedJobError);
    expect(service.clock.now() - started).to.be.within(29 * 60_000, 30 * 60_000);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
  });

  it("puts a body again whose upload broke off, gives up after timeouts.upload, and cancels the job", async () => {
    const service = new Simulator().fail("put", "unavailable", { times: Infinity });
    const started = service.clock.now();
    await failureOf(host(service).create(upload("x", { timeouts: { upload: "10m" } })));
    expect(service.count("put")).to.be.greaterThan(5);
    expect(service.clock.now() - started).to.be.at.most(10 * 60_000);
    expect([service.effects(), service.jobs[0]!.state]).to.deep.equal([[], "CANCELLED"]);
  });
});

describe("create: a job that somebody cancels before it is started", () => {
  for (const [inputs, operation] of [
    [s3Import(), "startJob"],
    [upload(), "put"],
  ] as const) {
    it(`is obtained anew when it is cancelled before ${operation}`, async () => {
      const service = new Simulator();
      const left = existing(service, inputs, "WAITING", { age: 1_000 });
      const call = service[operation].bind(service) as (...args: unknown[]) => Promise<void>;
      service[operation] = (...args: unknown[]) => {
        if (left.runs === 0) left.state = "CANCELLED";
        return call(...args);
      };
      const { id, outputs } = await host(service).create(inputs);
      expect([id === left.id, outputs.state]).to.deep.equal([false, "COMPLETED"]);
      expect([left.state, service.effects()]).to.deep.equal(["CANCELLED", [id]]);
    });
  }

  it("is left in state when that happens again and again", async () => {
    const service = new Simulator();
    const startJob = service.startJob.bind(service);
    service.startJob = (id) => {
      for (const job of service.jobs) job.state = "CANCELLED";
      return startJob(id);
    };
    const { outputs } = await failureOf(host(service).create(s3Import()), UnfinishedJobError);
    expect(outputs.state).to.equal("CANCELLED");
    expect(service.jobs).to.have.length(5);
  });
});

describe("create: without ListJobs", () => {
  const unseen = () => s3Import(undefined, { adopt: "none" });
  const denied = () => new Simulator().fail("listJobs", "accessDenied", { times: Infinity });

  it("makes no job that could be the second, and says what to do", async () => {
    const service = denied();
    expect(await codeOf(host(service).create(s3Import()))).to.equal("list-jobs-denied");
    expect(service.effects()).to.deep.equal([]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
  });

  it("goes on where nothing is adopted, watches by GetJob and warns", async () => {
    const service = denied();
    const { create, warnings } = host(service);
    expect((await create(unseen())).outputs.state).to.equal("COMPLETED");
    expect(service.count("getJob")).to.be.greaterThan(2);
    expect(warnings).to.deep.equal(["list-jobs-denied"]);
    expectOneJob(service);
  });

  it("asks for ListJobs no more once the watcher knows that it is denied", async () => {
    const service = denied();
    await host(service).create(unseen());
    const after = service.calls.findIndex(({ operation }) => operation === "startJob");
    expect(
      service
        .story()
        .slice(after)
        .filter((operation) => operation === "listJobs"),
    ).to.have.length(1);
  });

  it("has no effect twice when a CreateJob was cut off, for the lost job is never started", async () => {
    const service = denied().fail("createJob", "unavailable", { after: true });
    const { id } = await host(service).create(unseen());
    expect(service.effects()).to.deep.equal([id]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["WAITING", "COMPLETED"]);
  });
});
