import { expect } from "chai";

import { Job } from "../../index";
import { jobTypes } from "../../service-model/job-types";
import { withImpliedNames } from "../../service-model/job";
import { forEachHost } from "../harness/hosts";
import { prepareJobs } from "../harness/one-job-per-type";
import { importArgs } from "../harness/programs";
import type { EngineRun, JobInState } from "../harness/stack";
import { expectSuccess } from "../harness/stack";

forEachHost("all job types on the engine", function (host) {
  this.timeout("10m");
  const shared = host.useStack();
  let again: EngineRun, replaced: EngineRun;
  let jobsOfFirst: JobInState[];
  let started: Record<string, number>;

  before(async () => {
    const { service, stack } = shared;
    const jobs = await prepareJobs(service);
    const declare = (variant: 1 | 2) => () => {
      const declared = Object.entries(jobs(variant)).map(([name, args]) => [name, new Job(name, args).state]);
      return Promise.resolve(Object.fromEntries(declared) as Record<string, unknown>);
    };
    expectSuccess(await stack.up(declare(1)));
    jobsOfFirst = await stack.jobs();
    again = expectSuccess(await stack.up(declare(1)));
    started = Object.fromEntries(service.local.jobs().map(({ id, startCount }) => [id, startCount]));
    replaced = expectSuccess(await stack.up(declare(2)));
    expectSuccess(await stack.destroy());
  });

  for (const { type, createsAssets, response, upload } of jobTypes) {
    it(`runs ${type} once, with its assets and its response as outputs`, () => {
      const { id, outputs } = jobsOfFirst.find(({ inputs }) => inputs.type === type)!;
      expect(outputs.state).to.equal("COMPLETED");
      expect(started[id]).to.equal(1);
      expect(outputs.assets).to.have.length(createsAssets ? 1 : 0);
      for (const name of Object.keys(response).filter((name) => name !== "eventActionArn")) {
        // The state does not keep an upload URL, because it is used up.
        const isUsedUp = name === upload?.url || name === upload?.expiresAt;
        expect(name in outputs, name).to.equal(!isUsedUp);
      }
    });
  }

  it("changes no job in a second up, and replaces only the jobs when their details change", () => {
    expect(again.changes).to.deep.equal({ same: jobTypes.length + 1 });
    expect(replaced.changes).to.deep.equal({ replace: jobTypes.length, same: 1 });
  });

  it("writes the bytes of each export", async () => {
    expect(await shared.service.readObjects("target")).to.deep.equal({
      "asset-1.csv": "a,1",
      "asset-2.csv": "a,1",
      "revision-1/a.csv": "a,1",
      "revision-1/b.csv": "b,2",
      "revision-2/a.csv": "a,1",
      "revision-2/b.csv": "b,2",
    });
  });

  it("destroys the jobs without a request that changes the service", async () => {
    expect(await shared.stack.jobs()).to.have.length(0);
    expect(shared.service.countCalls()).not.to.have.any.keys("CancelJob", "DeleteAsset");
  });
});

forEachHost("many jobs in one up", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ jobDuration: 300 });

  it("runs thirty jobs once each, at most ten at a time, and polls them by lists", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    const keys = Array.from({ length: 30 }, (_, i) => `${i}.csv`).sort();
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    service.local.clearRequests();
    const program = () => {
      for (const key of keys) new Job(key, importArgs(revision, [key]));
      return Promise.resolve();
    };
    const run = expectSuccess(await stack.up(program, { parallel: 64 }));
    expect(run.changes).to.deep.equal({ create: 31 });
    const jobs = await stack.jobs();
    expect(jobs.map(({ outputs }) => outputs.state)).to.deep.equal(Array(30).fill("COMPLETED"));
    const names = jobs.flatMap(({ outputs }) => withImpliedNames(outputs, outputs.assets));
    expect(names.map(({ name }) => name).sort()).to.deep.equal(keys);
    expect(service.local.jobs().map(({ startCount }) => startCount)).to.deep.equal(Array(30).fill(1));
    expect(await service.listAssetNames(revision)).to.deep.equal(keys);
    // The service rejects a job that starts too early.
    expect(service.local.requests.filter(({ status }) => !(Number(status) < 300))).to.deep.equal([]);
    expect(service.countCalls()).not.to.have.any.keys("GetJob");
    expect(run.stdout).to.contain("waiting for a slot: 10 jobs of this type may run at once");
  });
});
