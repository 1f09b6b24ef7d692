import { expect } from "chai";

import { isAlive, kill, running, until } from "../harness/processes";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

describe("a run that is killed during create", function () {
  this.timeout("5m");
  const shared = useStack();
  const orphans: number[] = [];
  let place: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("source", { "a.csv": "1" }));

  let release: () => void;

  beforeEach(async () => {
    place = await shared.service.createEmptyRevision();
    shared.service.local.clearRequests();
    release = shared.service.local.pauseJobs();
  });

  afterEach(async () => {
    release();
    orphans.filter(isAlive).forEach(kill);
    await shared.stack.clearState();
  });

  // A call that a killed host left behind may be answered, and recorded, during the next test: each looks at its own jobs.
  const jobsHere = () =>
    shared.service.local
      .jobs()
      .filter(({ details }) => details.importAssetsFromS3?.revisionId === place.revisionId);
  const startsHere = () => jobsHere().reduce((sum, { startCount }) => sum + startCount, 0);

  async function expectOneJob(): Promise<void> {
    const { outputs } = await shared.stack.job();
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.assets).to.have.length(1);
    expect(startsHere()).to.equal(1);
    expect(await shared.service.listAssetNames(place)).to.deep.equal(["a.csv"]);
  }

  it("with its host: the next up goes on with the job that runs", async () => {
    const { stack } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    const first = stack.up(program);
    await until(() => startsHere() === 1);
    kill(running().host!);
    expect((await first).error).to.be.an("error");
    expect(await stack.jobs()).to.have.length(0);

    release();
    expect((await stack.up(program)).error?.message).to.equal(undefined);
    await expectOneJob();
  });

  it("with its host after the job was made and before it was started: the next up starts that one", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    const late = service.local.faults.add({
      operation: "StartJob",
      error: 500,
      when: "before",
      delayMs: 2_000,
      times: "always",
    });
    const first = stack.up(program);
    await until(() => jobsHere().length === 1);
    kill(running().host!);
    await first;
    late.remove();
    expect(startsHere()).to.equal(0);

    release();
    expect((await stack.up(program)).error?.message).to.equal(undefined);
    await expectOneJob();
    expect(service.countCalls().CreateJob).to.equal(1);
  });

  it("with its engine, whose orphaned host lives on: two processes end with one job", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    const first = stack.up(program);
    await until(() => startsHere() === 1);
    const { engine, host } = running();
    orphans.push(host!);
    kill(engine!);
    await first;
    expect(isAlive(host!)).to.equal(true);
    await stack.stack.cancel();

    const second = stack.up(program);
    await until(() => service.countCalls().ListJobs! > 3);
    release();
    expect((await second).error?.message).to.equal(undefined);
    await expectOneJob();
    // It has nothing more to do, and nothing else would ever end it.
    await until(() => !isAlive(host!));
  });

  it("with its engine before the job was started: the orphan begins nothing, the next up does", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    const late = service.local.faults.add({ operation: "CreateJob", when: "after", delayMs: 1_500 });
    const first = stack.up(program);
    await until(() => jobsHere().length === 1);
    const { engine, host } = running();
    orphans.push(host!);
    kill(engine!);
    await first;
    await stack.stack.cancel();
    late.remove();
    // The orphan has its answer by now, and has asked for its engine before doing more.
    await until(() =>
      service.local.requests.some(({ operation, status }) => operation === "CreateJob" && status === 201),
    );
    expect(startsHere()).to.equal(0);
    release();

    expect((await stack.up(program)).error?.message).to.equal(undefined);
    await expectOneJob();
  });
});
