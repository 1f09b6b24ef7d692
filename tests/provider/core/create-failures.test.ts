import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { host } from "../support/host";
import {
  codeOf,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  upload,
} from "../support/samples";
import { Simulator } from "../support/simulator";

describe("create: jobs that do not come to a good end", () => {
  const failing = () =>
    new Simulator({
      outcome: () => ({
        state: "ERROR",
        errors: [
          {
            code: "RESOURCE_NOT_FOUND_EXCEPTION",
            message: "The object does not exist.",
            details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "a.csv" }] },
          },
        ],
      }),
    });

  it("a job that fails stays in state with its id and outputs", async () => {
    const { id, outputs } = await failureOf(host(failing()).create(s3Import()), UnfinishedJobError);
    expect(id).to.equal("job1");
    expect(outputs).to.deep.include({ ...s3Import(), state: "ERROR" });
    expect(outputs.errors[0]!.code).to.equal("RESOURCE_NOT_FOUND_EXCEPTION");
  });

  it("a job that fails is told with its id, the service's error, the object and what to do", async () => {
    const { message } = await failureOf(host(failing()).create(s3Import()), UnfinishedJobError);
    for (const part of [
      "job1",
      "RESOURCE_NOT_FOUND_EXCEPTION: The object does not exist",
      "s3://source/a.csv",
      "[job-failed]",
    ])
      expect(message).to.contain(part);
  });

  it("a job that fails tells why even when its assets cannot be listed", async () => {
    const service = failing().fail("listRevisionAssets", "accessDenied", { times: Infinity });
    const { message, outputs } = await failureOf(host(service).create(s3Import()), UnfinishedJobError);
    expect(message).to.contain("The object does not exist");
    expect(outputs.state).to.equal("ERROR");
  });

  it("a job that fails takes no asset that another job makes meanwhile", async () => {
    const service = new Simulator({
      outcome: ({ id }) => (id === "job1" ? { state: "ERROR", errors: [] } : { state: "COMPLETED" }),
    });
    const { create } = host(service);
    const [failed, made] = await Promise.all([
      failureOf(create(s3Import()), UnfinishedJobError),
      create(s3Import()),
    ]);
    expect(failed.outputs.assets).to.deep.equal([]);
    expect(made.outputs.assets).to.have.length(1);
  });

  for (const state of ["TIMED_OUT", "CANCELLED"] as const) {
    it(`a job that ends in ${state} while it runs stays in state`, async () => {
      const service = new Simulator({ outcome: () => ({ state }) });
      const { outputs, code } = await failureOf(host(service).create(s3Export()), UnfinishedJobError);
      expect(outputs.state).to.equal(state);
      expect(code).to.equal(`job-${state.toLowerCase().replace("_", "-")}`);
      expect(service.effects()).to.have.length(1);
    });
  }

  it("a wait that runs out leaves the job running and says so, and the next up goes on with it", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const process = host(service);
    const { id, outputs, code } = await failureOf(
      process.create(s3Import(["a"], { timeouts: { run: "1h" } })),
      UnfinishedJobError,
    );
    expect(code).to.equal("run-timeout");
    expect(outputs.state).to.equal("IN_PROGRESS");
    expect(process.diff(id, outputs, s3Import(["a"]))).to.deep.include({ replaces: [], updates: true });
    expect((await process.update(id, outputs, s3Import(["a"]))).state).to.equal("COMPLETED");
    expect(service.effects()).to.deep.equal(["job1"]);
  });

  it("a turn that does not come within its time leaves a job that waits, and the next run goes on with it", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const { create, statuses } = host(service, { quotas: { IMPORT_ASSETS_FROM_S3: 1 } });
    const first = create(s3Import(["a"]));
    const { outputs, code } = await failureOf(
      create(s3Import(["b"], { timeouts: { queue: "1h" } })),
      UnfinishedJobError,
    );
    expect(code).to.equal("queue-timeout");
    expect(statuses).to.include("waiting for its turn: 1 jobs of this type may run at once, 0 wait ahead");
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    expect(service.effects()).to.deep.equal(["job1"]);
    await first;
  });

  it("CreateJob denied leaves nothing in state, and says what to allow", async () => {
    const service = new Simulator().fail("createJob", "accessDenied", {
      facts: { action: "dataexchange:CreateJob" },
    });
    const error = await failureOf(host(service).create(s3Import()));
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.message).to.match(
      /^No IMPORT_ASSETS_FROM_S3 job was started: CreateJob failed with AccessDenied/,
    );
    expect(error.message).to.contain("Allow dataexchange:CreateJob to the identity that runs Pulumi");
    expect(service.count("createJob")).to.equal(1);
  });

  it("StartJob denied keeps the job in state, to be started when it is allowed", async () => {
    const service = new Simulator().fail("startJob", "accessDenied");
    const process = host(service);
    const { id, outputs } = await failureOf(process.create(s3Import()), UnfinishedJobError);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    expect((await process.update(id, outputs, s3Import())).state).to.equal("COMPLETED");
    expect(service.effects()).to.deep.equal([id]);
  });

  it("a revision that is gone when the job is to start is told, and the job stays in state", async () => {
    const service = new Simulator().fail("startJob", "notFound", {
      facts: { resourceId: revisionId, resourceType: "REVISION" },
    });
    const { outputs, code } = await failureOf(host(service).create(s3Import()), UnfinishedJobError);
    expect(outputs.state).to.equal("WAITING");
    expect(code).to.equal("resource-not-found");
  });

  it("a job whose record vanishes while it runs is made anew by the next up", async () => {
    const service = new Simulator({ duration: 10 * hour });
    const process = host(service);
    const made = failureOf(process.create(s3Import()), UnfinishedJobError);
    await service.clock.pass(hour);
    service.jobs.pop();
    const { id, outputs } = await made;
    expect(process.diff(id, outputs, s3Import()).replaces).to.deep.equal(["state"]);
  });

  it("a body that is refused makes nothing, and its job is cancelled", async () => {
    const service = new Simulator().fail("put", "other", {
      facts: { name: "InvalidDigest", message: "The Content-MD5 is not valid." },
    });
    const error = await failureOf(host(service).create(upload()), CodedError);
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.code).to.equal("upload-refused");
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
  });

  it("an upload whose URL expired before it began goes to the URL of a new job", async () => {
    const service = new Simulator().fail("put", "expired", { times: 2 });
    const { id, outputs } = await host(service).create(upload());
    expect([id, outputs.state]).to.deep.equal(["job3", "COMPLETED"]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED", "CANCELLED", "COMPLETED"]);
  });

  it("an upload whose URLs expire again and again makes nothing, and says so", async () => {
    const service = new Simulator().fail("put", "expired", { times: Infinity });
    expect(await codeOf(host(service).create(upload()))).to.equal("upload-url-expired");
    expect([service.effects(), service.jobs.length]).to.deep.equal([[], 3]);
  });

  it("begins nothing for an engine that is gone", async () => {
    const service = new Simulator();
    const gone = await failureOf(host(service, { wanted: () => false }).create(s3Import()));
    expect(gone.message).to.contain("The engine has gone away");
    expect(service.jobs).to.deep.equal([]);
  });

  it("does not start the job when the engine went away after it was made", async () => {
    const service = new Simulator();
    const wanted = () => service.jobs.length === 0;
    const { outputs } = await failureOf(host(service, { wanted }).create(s3Import()), UnfinishedJobError);
    expect(outputs.state).to.equal("WAITING");
    expect(service.effects()).to.deep.equal([]);
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
