import { expect } from "chai";

import { Job } from "../../index";
import { jobTypes } from "../../service-model/job-types";
import type { JobsByType } from "../harness/one-job-per-type";
import { prepareJobs } from "../harness/one-job-per-type";
import type { EngineRun, JobInState } from "../harness/stack";
import { TestStack } from "../harness/stack";
import { TestService } from "../harness/service";

describe("each of the nine job types on the real engine", function () {
  this.timeout(600_000);
  let service: TestService;
  let stack: TestStack;
  let first: EngineRun, again: EngineRun, replaced: EngineRun, destroyed: EngineRun;
  let jobsOfFirst: JobInState[], jobsOfReplaced: JobInState[];
  let started: Record<string, number>;

  before(async () => {
    service = await TestService.start();
    const jobs: JobsByType = await prepareJobs(service);
    stack = await TestStack.create({ env: service.env });
    const declare = (variant: 1 | 2) => () => {
      const declared = Object.entries(jobs(variant)).map(([name, args]) => [name, new Job(name, args).state]);
      return Promise.resolve(Object.fromEntries(declared) as Record<string, unknown>);
    };
    first = await stack.up(declare(1));
    jobsOfFirst = await stack.jobs();
    again = await stack.up(declare(1));
    started = Object.fromEntries(service.local.jobs().map(({ id, startCount }) => [id, startCount]));
    replaced = await stack.up(declare(2));
    jobsOfReplaced = await stack.jobs();
    destroyed = await stack.destroy();
  });

  after(async () => {
    await stack?.remove();
    await service?.stop();
  });

  const find = (jobs: JobInState[], type: string) => jobs.find(({ inputs }) => inputs.type === type)!;

  it("knows nine types", () => expect(jobTypes).to.have.length(9));

  for (const { type, createsAssets, response, upload } of jobTypes) {
    describe(type, () => {
      it("is run by up", () => {
        expect(first.error?.message).to.equal(undefined);
        const { outputs } = find(jobsOfFirst, type);
        expect(outputs.state).to.equal("COMPLETED");
        expect(started[find(jobsOfFirst, type).id]).to.equal(1);
      });

      it("says what it made", () => {
        const { outputs } = find(jobsOfFirst, type);
        expect(outputs.assets).to.have.length(createsAssets ? 1 : 0);
        for (const name of Object.keys(response).filter((name) => name !== "eventActionArn")) {
          // A URL that a body was uploaded to is spent, and is not kept.
          if (name === upload?.url || name === upload?.expiresAt)
            expect(outputs, name).to.not.have.property(name);
          else expect(outputs, name).to.have.property(name);
        }
      });

      it("is left alone by a second up", () => {
        expect(again.error?.message).to.equal(undefined);
        expect(again.changes).to.deep.equal({ same: 10 });
      });

      it("is replaced when what it does changes", () => {
        expect(replaced.error?.message).to.equal(undefined);
        const [before, after] = [find(jobsOfFirst, type), find(jobsOfReplaced, type)];
        expect(after.id).not.to.equal(before.id);
        expect(after.outputs.state).to.equal("COMPLETED");
      });
    });
  }

  it("replaces all nine, and nothing but these", () => {
    expect(replaced.changes).to.deep.equal({ replace: 9, same: 1 });
  });

  it("has written the bytes of each export", async () => {
    expect(await service.readObjects("target")).to.deep.equal({
      "asset-1.csv": "a,1",
      "asset-2.csv": "a,1",
      "revision-1/a.csv": "a,1",
      "revision-1/b.csv": "b,2",
      "revision-2/a.csv": "a,1",
      "revision-2/b.csv": "b,2",
    });
  });

  it("destroys them, which the service does not notice", async () => {
    expect(destroyed.error?.message).to.equal(undefined);
    expect(await stack.jobs()).to.have.length(0);
    expect(service.countCalls()).not.to.have.any.keys("CancelJob", "DeleteAsset");
  });

  it("keeps at most 128 bytes of code in each place of the state", () => {
    for (const { inputs, outputs } of jobsOfFirst) {
      expect(Buffer.byteLength(inputs.__provider as string)).to.be.at.most(128);
      expect(outputs.__provider).to.equal(inputs.__provider);
    }
  });
});
