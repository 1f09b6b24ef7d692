import { expect } from "chai";

import { Job } from "../../index";
import { withImpliedNames } from "../../service-model/job";
import { importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

describe("thirty jobs at once with a quota of ten", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: 300 });

  it("run in turns, none twice, none lost, none beyond the quota, watched by sweeps", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    const keys = Array.from({ length: 30 }, (_, i) => `${i}.csv`);
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    service.local.clearRequests();
    const run = await stack.up(
      () => {
        for (const key of keys) new Job(key, importArgs(place, [key]));
        return Promise.resolve();
      },
      { parallel: 64 },
    );
    expect(run.error?.message).to.equal(undefined);
    expect(run.changes).to.deep.equal({ create: 31 });
    const jobs = await stack.jobs();
    expect(jobs.map(({ outputs }) => outputs.state)).to.deep.equal(Array(30).fill("COMPLETED"));
    const made = jobs.map(({ outputs }) => withImpliedNames(outputs, outputs.assets).map(({ name }) => name));
    expect(made.sort()).to.deep.equal(keys.map((key) => [key]).sort());
    expect(service.local.jobs().map(({ startCount }) => startCount)).to.deep.equal(Array(30).fill(1));
    expect(await service.listAssetNames(place)).to.deep.equal([...keys].sort());
    // A refused StartJob would be a turn taken too early.
    expect(
      service.local.requests.filter(({ status }) => status !== 200 && status !== 201 && status !== 202),
    ).to.deep.equal([]);
    expect(service.countCalls()).not.to.have.any.keys("GetJob");
    expect(run.stdout).to.contain("waiting for its turn: 10 jobs of this type may run at once");
  });
});
