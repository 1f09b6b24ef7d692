import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { host, statesOf } from "../../simulation/host";
import {
  codeOf,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  unfinishedOf,
  upload,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const failing = () => {
  const details = { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "a.csv" }] };
  const error = { code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "The object does not exist.", details };
  return new Simulator({ outcome: () => ({ state: "ERROR", errors: [error] }) });
};

describe("createJob: jobs without success", () => {
  it("keeps a failed job in state, and names the job, the error and the object", async () => {
    const { id, outputs, message } = await unfinishedOf(host(failing()).create(s3Import()));
    expect(id).to.equal("job1");
    expect(outputs).to.deep.include({ ...s3Import(), state: "ERROR" });
    expect(outputs.errors[0]!.code).to.equal("RESOURCE_NOT_FOUND_EXCEPTION");
    for (const part of ["job1", "NOT_FOUND_EXCEPTION: The obj", "s3://source/a.csv", "[job-failed]"])
      expect(message).to.contain(part);
  });

  it("reports and marks a failed job whose assets cannot be listed, so that its retry looks for them", async () => {
    const service = failing().fail("listRevisionAssets", "accessDenied", { times: Infinity });
    const { code, outputs } = await unfinishedOf(host(service).create(s3Import()));
    expect([code, outputs.state, outputs.__incomplete]).to.deep.equal(["job-failed", "ERROR", true]);
  });

  it("does not take an asset of another job for a failed job", async () => {
    const service = new Simulator({
      outcome: ({ id }) => ({ state: id === "job1" ? "ERROR" : "COMPLETED" }),
    });
    const { create } = host(service);
    const [failed, created] = await Promise.all([unfinishedOf(create(s3Import())), create(s3Import())]);
    expect(failed.outputs.assets).to.deep.equal([]);
    expect(created.outputs.assets).to.have.length(1);
  });

  for (const [state, expected] of [
    ["TIMED_OUT", "job-timed-out"],
    ["CANCELLED", "job-cancelled"],
  ] as const) {
    it(`keeps a started job in state that ends in ${state}`, async () => {
      const service = new Simulator({ outcome: () => ({ state }) });
      const { outputs, code } = await unfinishedOf(host(service).create(s3Export()));
      expect([outputs.state, code, service.effects().length]).to.deep.equal([state, expected, 1]);
    });
  }

  it("leaves the job running at timeouts.run, and the next up resumes it", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const process = host(service);
    const inputs = s3Import(["a"], { timeouts: { run: "1h" } });
    const { id, outputs, code } = await unfinishedOf(process.create(inputs));
    expect([code, outputs.state]).to.deep.equal(["run-timeout", "IN_PROGRESS"]);
    expect(process.diff(id, outputs, s3Import(["a"]))).to.deep.include({ replaces: [], updates: true });
    expect((await process.update(id, outputs, s3Import(["a"]))).state).to.equal("COMPLETED");
    expect([service.effects(), service.jobs.length]).to.deep.equal([["job1"], 1]);
  });

  it("leaves a waiting job in state if no slot becomes free within timeouts.queue", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const { create, statuses } = host(service, { quotas: { IMPORT_ASSETS_FROM_S3: 1 } });
    const first = create(s3Import(["a"]));
    const second = create(s3Import(["b"], { timeouts: { queue: "1h" } }));
    const { outputs, code } = await unfinishedOf(second);
    expect(code).to.equal("queue-timeout");
    expect(statuses).to.include("waiting for a slot: 1 jobs of this type may run at once, 0 wait ahead");
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    expect(service.effects()).to.deep.equal(["job1"]);
    await first;
  });

  it("promises to resume a job at timeouts.queue, except one whose upload URL expires", async () => {
    for (const [inputs, isResumed] of [
      [s3Import(["b"]), true],
      [upload("b"), false],
    ] as const) {
      const { create } = host(new Simulator({ duration: 2 * hour }), { quotas: { [inputs.type]: 1 } });
      const first = create({ ...inputs, triggers: [1] });
      const { code, message } = await unfinishedOf(create({ ...inputs, timeouts: { queue: "1h" } }));
      expect([code, message.includes("resumes this job")]).to.deep.equal(["queue-timeout", isResumed]);
      await first;
    }
  });

  it("leaves nothing in state if CreateJob is denied, and names the permission", async () => {
    const service = new Simulator().fail("createJob", "accessDenied");
    const error = await failureOf(host(service).create(s3Import()));
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.message).to.match(/^No IMPORT_ASSETS_FROM_S3 job was started: CreateJob failed with Access/);
    expect(error.message).to.contain("Allow dataexchange:CreateJob to the identity that runs Pulumi");
  });

  it("keeps the job in state if StartJob does not find its revision", async () => {
    const facts = { resourceId: revisionId, resourceType: "REVISION" };
    const service = new Simulator().fail("startJob", "notFound", { facts });
    const { outputs, code } = await unfinishedOf(host(service).create(s3Import()));
    expect([outputs.state, code]).to.deep.equal(["WAITING", "resource-not-found"]);
  });

  it("makes the next up replace a job that the service deletes while it runs", async () => {
    const service = new Simulator({ duration: 10 * hour });
    const process = host(service);
    const created = unfinishedOf(process.create(s3Import()));
    await service.clock.pass(hour);
    service.jobs.pop();
    const { id, outputs } = await created;
    expect(process.diff(id, outputs, s3Import()).replaces).to.deep.equal(["state"]);
  });

  it("cancels the job if the upload is refused, and leaves nothing in state", async () => {
    const facts = { name: "InvalidDigest", message: "The Content-MD5 is not valid." };
    const service = new Simulator().fail("put", "other", { facts });
    const error = await failureOf(host(service).create(upload()), CodedError);
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect([error.code, statesOf(service.jobs)]).to.deep.equal(["upload-refused", ["CANCELLED"]]);
  });

  it("creates a new job if the upload URL expires before the upload begins", async () => {
    const service = new Simulator().fail("put", "expired", { times: 2 });
    const { id, outputs } = await host(service).create(upload());
    expect([id, outputs.state]).to.deep.equal(["job3", "COMPLETED"]);
    expect(statesOf(service.jobs)).to.deep.equal(["CANCELLED", "CANCELLED", "COMPLETED"]);
  });

  it("fails after three expired upload URLs", async () => {
    const service = new Simulator().fail("put", "expired", { times: Infinity });
    expect(await codeOf(host(service).create(upload()))).to.equal("upload-url-expired");
    expect([service.effects(), service.jobs.length]).to.deep.equal([[], 3]);
  });

  it("creates no job for an engine that has exited", async () => {
    const service = new Simulator();
    const error = await failureOf(host(service, { wanted: () => false }).create(s3Import()));
    expect(error.message).to.contain("The engine has gone away");
    expect(service.jobs).to.deep.equal([]);
  });

  it("does not start the job if the engine exits after CreateJob", async () => {
    const service = new Simulator();
    const wanted = () => service.jobs.length === 0;
    const { outputs } = await unfinishedOf(host(service, { wanted }).create(s3Import()));
    expect([outputs.state, service.effects()]).to.deep.equal(["WAITING", []]);
  });
});

describe("createJob: a job that another process cancels before it is started", () => {
  for (const [inputs, operation] of [
    [s3Import(), "startJob"],
    [upload(), "put"],
  ] as const) {
    it(`creates a new ${inputs.type} job if the first is cancelled before ${operation}`, async () => {
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

  it("leaves the job in state after five cancellations", async () => {
    const service = new Simulator();
    const startJob = service.startJob.bind(service);
    service.startJob = (id) => {
      for (const job of service.jobs) job.state = "CANCELLED";
      return startJob(id);
    };
    const { outputs } = await unfinishedOf(host(service).create(s3Import()));
    expect([outputs.state, service.jobs.length]).to.deep.equal(["CANCELLED", 5]);
  });
});
