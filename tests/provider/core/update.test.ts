import { expect } from "chai";

import { readOutputs } from "../../../provider/core/state";
import { host, namesOf } from "../../simulation/host";
import { day, existing, hour, s3Export, s3Import, unfinishedOf } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

/** The state of a create that fails because an operation is denied. */
const left = (
  service: Simulator,
  inputs = s3Import(),
  operation: "startJob" | "listRevisionAssets" = "startJob",
) => unfinishedOf(host(service.fail(operation, "accessDenied")).create(inputs));

const impatient = s3Export(["a"], { timeouts: { run: "1h" } });

describe("updateJob", () => {
  it("calls nothing for a finished job, and writes the new inputs to state", async () => {
    const service = new Simulator();
    const { create, update } = host(service);
    const before = { timeouts: { run: "1h" }, adopt: "own", triggers: [1] } as const;
    const { id, outputs } = await create(s3Import(["a", "b"], before));
    const calls = service.calls.length;
    const news = s3Import(["b", "a"], { onDelete: "deleteAssets", triggers: [1] });
    const kept: Partial<typeof outputs> = { ...outputs };
    delete kept.timeouts;
    delete kept.adopt;
    expect(await update(id, outputs, news)).to.deep.equal({ ...kept, ...news });
    expect(service.calls).to.have.length(calls);
  });

  it("starts a waiting job, and returns its complete outputs", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    const news = s3Import(["a.csv"], { timeouts: { run: "1h" } });
    const updated = await host(service).update(id, outputs, news);
    expect(updated).to.deep.include({ ...news, state: "COMPLETED", errors: [] });
    expect(updated.assets).to.have.length(1);
    expect(updated).to.not.have.property("__pending");
    expect([service.effects(), service.jobs.length]).to.deep.equal([[id], 1]);
  });

  it("keeps a job in state that does not end until timeouts.run", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const { id, outputs } = await unfinishedOf(host(service).create(impatient));
    const again = await unfinishedOf(host(service).update(id, outputs, impatient));
    expect(again.id).to.equal(id);
    expect(again.outputs).to.deep.include({ ...impatient, state: "IN_PROGRESS", __pending: true });
  });

  it("lists the assets of a completed job that are not in state", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(["a", "b"]), "listRevisionAssets");
    expect(outputs).to.include({ state: "COMPLETED", __pending: true });
    const updated = await host(service).update(id, outputs, s3Import(["a", "b"]));
    expect(namesOf(updated.assets)).to.deep.equal(["a", "b"]);
    expect(updated).to.not.have.property("__pending");
    expect(service.effects()).to.deep.equal([id]);
  });

  it("keeps a completed job whose record expired before its assets were listed", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service, s3Import(), "listRevisionAssets");
    await service.clock.pass(91 * day);
    const process = host(service);
    const updated = await process.update(id, outputs, s3Import());
    expect(updated.state).to.equal("COMPLETED");
    expect(process.diff(id, updated, s3Import())).to.deep.equal({ replaces: [], updates: false });
  });

  it("keeps a job in state that fails after it was resumed", async () => {
    const errors = [{ code: "VALIDATION_EXCEPTION", message: "No." }];
    const service = new Simulator({ outcome: () => ({ state: "ERROR", errors }) });
    const { id, outputs } = await left(service);
    const failed = await unfinishedOf(host(service).update(id, outputs, s3Import()));
    expect(failed.code).to.equal("job-failed");
    expect(failed.outputs).to.include({ state: "ERROR" }).and.not.have.property("__pending");
  });

  it("makes the next up replace a job that disappears before it is started", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service);
    service.jobs.length = 0;
    const process = host(service);
    const gone = await unfinishedOf(process.update(id, outputs, s3Import()));
    expect(gone.code).to.equal("job-gone-before-start");
    expect(process.diff(id, gone.outputs, s3Import()).replaces).to.deep.equal(["state"]);
  });

  it("makes the next up replace a waiting job that was cancelled", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service);
    service.jobs[0]!.state = "CANCELLED";
    const process = host(service);
    const gone = await unfinishedOf(process.update(id, outputs, s3Import()));
    expect(process.diff(id, gone.outputs, s3Import()).replaces).to.deep.equal(["state"]);
    expect(service.effects()).to.deep.equal([]);
  });

  it("makes the next up replace a running job whose record has expired, as its outcome is unknown", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const { id, outputs } = await unfinishedOf(host(service).create(impatient));
    await service.clock.pass(91 * day);
    const process = host(service);
    const gone = await unfinishedOf(process.update(id, outputs, impatient));
    expect(gone.code).to.equal("job-outcome-unknown");
    expect(process.diff(id, gone.outputs, impatient).replaces).to.deep.equal(["state"]);
  });

  it("keeps the job in state if GetJob fails", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service);
    service.fail("getJob", "unavailable", { times: Infinity });
    const failed = await unfinishedOf(host(service).update(id, outputs, s3Import()));
    expect(failed.outputs).to.include({ state: "WAITING", __pending: true });
    expect(failed.code).to.equal("service-unavailable");
  });

  it("waits for a slot until timeouts.queue", async () => {
    const service = new Simulator({ duration: 5 * hour });
    const { id, outputs } = await left(service);
    const { create, update } = host(service, { quotas: { IMPORT_ASSETS_FROM_S3: 1 } });
    const first = create(s3Import(["b"]));
    await service.clock.sleep(hour);
    const inputs = s3Import(["a.csv"], { timeouts: { queue: "1h" } });
    const late = await unfinishedOf(update(id, outputs, inputs));
    expect([late.outputs.state, late.code]).to.deep.equal(["WAITING", "queue-timeout"]);
    await first;
  });

  it("keeps another resource of the run from adopting the job", async () => {
    const service = new Simulator({ duration: hour });
    const process = host(service);
    const { id, outputs } = await left(service);
    const [, other] = await Promise.all([
      process.update(id, outputs, s3Import()),
      service.clock.pass(1_000).then(() => process.create(s3Import())),
    ]);
    expect(other.id).to.not.equal(id);
    expect(service.effects().sort()).to.deep.equal([id, other.id].sort());
  });

  it("starts nothing if another process has finished the job", async () => {
    const service = new Simulator();
    const { id, outputs } = await left(service);
    await host(service).update(id, outputs, s3Import());
    expect((await host(service).update(id, outputs, s3Import())).assets).to.have.length(1);
    expect(service.effects()).to.deep.equal([id]);
  });

  it("waits for a job that another process starts between GetJob and StartJob", async () => {
    const service = new Simulator();
    const waiting = existing(service, s3Export(), "WAITING");
    const update = host(service).update(waiting.id, readOutputs({ ...waiting }), s3Export());
    service.run(waiting);
    expect((await update).state).to.equal("COMPLETED");
    expect(waiting.runs).to.equal(1);
  });
});
