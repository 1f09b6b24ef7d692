import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { host } from "../support/host";
import { day, existing, failureOf, hour, s3Export, s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";

/** The state that a create leaves which fails or is cut short. */
const leftBy = async (service: Simulator, inputs: JobInputs): Promise<{ id: string; outputs: JobOutputs }> =>
  failureOf(host(service).create(inputs), UnfinishedJobError);

const left = (service: Simulator, inputs: JobInputs, operation: "startJob" | "listRevisionAssets") =>
  leftBy(service.fail(operation, "accessDenied"), inputs);

describe("update", () => {
  it("asks the service nothing when there is nothing to go on with, and takes the new inputs over whole", async () => {
    const service = new Simulator();
    const { create, update } = host(service);
    const { id, outputs } = await create(
      s3Import(["a", "b"], { timeouts: { run: "1h" }, adopt: "own", triggers: [1] }),
    );
    service.calls.length = 0;
    const news = s3Import(["b", "a"], { onDelete: "deleteAssets", triggers: [1] });
    const updated = await update(id, outputs, news);
    expect(service.calls).to.deep.equal([]);
    const kept = JSON.parse(
      JSON.stringify({ ...outputs, timeouts: undefined, adopt: undefined }),
    ) as JobOutputs;
    expect(updated).to.deep.equal({ ...kept, ...news });
  });

  it("starts the same job that was left waiting, and returns the whole outputs", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(["a"]), "startJob");
    const updated = await host(service).update(id, outputs, s3Import(["a"], { timeouts: { run: "1h" } }));
    expect(updated).to.deep.include({
      ...s3Import(["a"], { timeouts: { run: "1h" } }),
      state: "COMPLETED",
      errors: [],
    });
    expect(updated.assets).to.have.length(1);
    expect(updated).to.not.have.property("__pending");
    expect(service.effects()).to.deep.equal([id]);
    expect(service.jobs).to.have.length(1);
  });

  it("waits for the same job that was left running, without starting it again", async () => {
    const service = new Simulator({ duration: 1.5 * hour });
    const { id, outputs } = await leftBy(service, s3Export(["a"], { timeouts: { run: "1h" } }));
    service.calls.length = 0;
    expect((await host(service).update(id, outputs, s3Export(["a"]))).state).to.equal("COMPLETED");
    expect(service.count("startJob") + service.count("createJob")).to.equal(0);
  });

  it("may run out of time again, and leaves the job in state again", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const inputs = s3Export(["a"], { timeouts: { run: "1h" } });
    const { id, outputs } = await leftBy(service, inputs);
    const again = await failureOf(host(service).update(id, outputs, inputs), UnfinishedJobError);
    expect(again.id).to.equal(id);
    expect(again.outputs).to.deep.include({ ...inputs, state: "IN_PROGRESS", __pending: true });
  });

  it("collects the assets of a completed job that were not collected", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(["a", "b"]), "listRevisionAssets");
    expect(outputs).to.include({ state: "COMPLETED", __pending: true });
    const updated = await host(service).update(id, outputs, s3Import(["a", "b"]));
    expect(updated.assets.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(updated).to.not.have.property("__pending");
    expect(service.effects()).to.deep.equal([id]);
  });

  it("runs nothing again when the record of a completed job expired before its assets were collected", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "listRevisionAssets");
    await service.clock.pass(91 * day);
    const process = host(service);
    const updated = await process
      .update(id, outputs, s3Import())
      .catch((error: UnfinishedJobError) => error.outputs);
    expect(updated.state).to.equal("COMPLETED");
    expect(process.diff(id, updated, s3Import()))
      .to.include({ updates: false })
      .and.deep.include({ replaces: [] });
  });

  it("tells a failure of the job it went on with, and keeps it in state", async () => {
    const service = new Simulator({
      outcome: () => ({ state: "ERROR", errors: [{ code: "VALIDATION_EXCEPTION", message: "No." }] }),
    });
    const { id, outputs } = await left(service, s3Import(), "startJob");
    const failed = await failureOf(host(service).update(id, outputs, s3Import()), UnfinishedJobError);
    expect(failed.code).to.equal("job-failed");
    expect(failed.outputs).to.include({ state: "ERROR" }).and.not.have.property("__pending");
  });

  it("says that a job is gone which was left waiting, and has the next up make a new one", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "startJob");
    service.jobs.length = 0;
    const process = host(service);
    const gone = await failureOf(process.update(id, outputs, s3Import()), UnfinishedJobError);
    expect(gone.code).to.equal("job-gone-before-start");
    expect(process.diff(id, gone.outputs, s3Import()).replaces).to.deep.equal(["state"]);
  });

  it("has the next up make a new job when the one that waited was cancelled by somebody", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "startJob");
    service.jobs[0]!.state = "CANCELLED";
    const process = host(service);
    const gone = await failureOf(process.update(id, outputs, s3Import()), UnfinishedJobError);
    expect(process.diff(id, gone.outputs, s3Import()).replaces).to.deep.equal(["state"]);
    expect(service.effects()).to.deep.equal([]);
  });

  it("keeps the job in state when the service does not answer, and says so", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "startJob");
    service.fail("getJob", "unavailable", { times: Infinity });
    const failed = await failureOf(host(service).update(id, outputs, s3Import()), UnfinishedJobError);
    expect(failed.outputs).to.include({ state: "WAITING", __pending: true });
    expect(failed.code).to.equal("service-unavailable");
  });

  it("waits for its turn, and says which timeout ran out when none came", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const { id, outputs } = await left(service, s3Import(["a"]), "startJob");
    const { create, update } = host(service, { quotas: { IMPORT_ASSETS_FROM_S3: 1 } });
    const first = create(s3Import(["b"]));
    await service.clock.sleep(hour);
    const late = await failureOf(
      update(id, outputs, s3Import(["a"], { timeouts: { queue: "1h" } })),
      UnfinishedJobError,
    );
    expect(late.outputs.state).to.equal("WAITING");
    expect(late.code).to.equal("queue-timeout");
    await first;
  });

  it("makes no other resource of the run take the job over", async () => {
    const service = new Simulator({ duration: hour });
    const process = host(service);
    const { id, outputs } = await left(service, s3Import(), "startJob");
    const [, other] = await Promise.all([
      process.update(id, outputs, s3Import()),
      service.clock.pass(1_000).then(() => process.create(s3Import())),
    ]);
    expect(other.id).to.not.equal(id);
    expect(service.effects().sort()).to.deep.equal([id, other.id].sort());
  });
});

describe("update of a state that another process finished meanwhile", () => {
  it("finds the job completed and starts nothing", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "startJob");
    await host(service).update(id, outputs, s3Import());
    expect((await host(service).update(id, outputs, s3Import())).assets).to.have.length(1);
    expect(service.effects()).to.deep.equal([id]);
  });

  it("finds that another process started the job between GetJob and StartJob", async () => {
    const service = new Simulator();
    const waiting = existing(service, s3Export(), "WAITING");
    const { arn, type, state, details, createdAt, updatedAt } = waiting;
    const olds = readOutputs({ arn, type, state, details, createdAt, updatedAt });
    const update = host(service).update(waiting.id, olds, s3Export());
    service.run(waiting);
    expect((await update).state).to.equal("COMPLETED");
    expect(waiting.runs).to.equal(1);
  });
});

describe("update of a job that the service has forgotten", () => {
  it("does not say of one that was in progress that it never started", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const inputs = s3Export(["a"], { timeouts: { run: "1h" } });
    const { id, outputs } = await leftBy(service, inputs);
    await service.clock.pass(91 * day);
    const process = host(service);
    const gone = await failureOf(process.update(id, outputs, inputs), UnfinishedJobError);
    expect(gone.code).to.equal("job-outcome-unknown");
    expect(process.diff(id, gone.outputs, inputs).replaces).to.deep.equal(["state"]);
  });
});
