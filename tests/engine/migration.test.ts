/** A stack of every kind of resource goes over from the dynamic provider to the plugin, and back. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job, RevisionFinalization, RevisionPublication, S3Import } from "../../index";
import { jobTypes } from "../../service-model/job-types";
import { jobToken } from "../../provider/resources/state-contract";
import { withPlugin } from "../harness/plugin-settings";
import { setHost } from "../harness/hosts";
import type { JobsByType } from "../harness/one-job-per-type";
import { prepareJobs } from "../harness/one-job-per-type";
import { importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import { useProgramEnvironment } from "../harness/service";
import { awsPlugin, expectSuccess, messageCodes } from "../harness/stack";
import { useStack } from "../harness/use-stack";

const deleteAssets = { onDelete: "deleteAssets" } as const;

describe("a stack that goes over to the plugin and back", function () {
  this.timeout("10m");
  const shared = useStack({}, withPlugin(awsPlugin));
  useProgramEnvironment(shared);
  after(() => setHost("dynamic"));
  let jobs: JobsByType;
  let revisions: Record<"files" | "finalized" | "published" | "bad", RevisionIds>;

  before(async () => {
    const { service } = shared;
    jobs = await prepareJobs(service);
    revisions = {
      files: await service.createEmptyRevision(),
      finalized: await service.createEmptyRevision(),
      published: await service.createEmptyRevision(),
      bad: await service.createEmptyRevision(),
    };
  });

  const program =
    (isBad = true): PulumiFn =>
    () => {
      const { files, finalized, published, bad } = revisions;
      for (const [type, args] of Object.entries(jobs(1))) new Job(type, args);
      new Job("deleting", importArgs(files, ["a.csv"], deleteAssets));
      new S3Import("tables", { ...files, bucket: "source", keys: ["a.csv", "b.csv"] });
      const contents = { tables: { s3: { bucket: "source", keys: ["a.csv"] } } };
      new RevisionPublication("prices", { dataSetId: published.dataSetId, contents });
      const job = new Job("finalized", importArgs(finalized, ["a.csv"]));
      new RevisionFinalization("finalized", { ...finalized, jobs: [job.id] });
      if (!isBad) return Promise.resolve();
      new Job("failed", importArgs(bad, ["later.csv"]));
      new Job("pending", importArgs(bad, ["b.csv"], { timeouts: { run: "1s" } }));
      return Promise.resolve();
    };

  /** The jobs in state, by id and state. */
  const jobsInState = async () => {
    const all = await shared.stack.jobStates();
    return Object.fromEntries(all.map(({ id, state }) => [id, state]));
  };

  it("runs no job but the failed one, and resumes the unfinished one", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program(false)));
    const upOnly = (name: string) =>
      stack.up(program(), { target: [`urn:pulumi:test::engine-test::${jobToken}::${name}`] });
    expect(messageCodes(await upOnly("failed"))).to.include("job-failed");
    const release = service.local.pauseJobs();
    expect(messageCodes(await upOnly("pending"))).to.include("run-timeout");
    release();
    const before = await jobsInState();
    const states = Object.values(before).filter((state) => state !== "COMPLETED");
    expect(states).to.have.members(["ERROR", "IN_PROGRESS"]);
    const total = Object.keys(before).length;
    await service.putObject("source", "later.csv", "1");

    setHost("plugin");
    const since = service.local.jobs().length;
    const { same, ...others } = expectSuccess(await stack.preview(program())).changes;
    expect(others).to.deep.equal({ replace: 1, update: 1 });
    const up = expectSuccess(await stack.up(program()));
    expect(up.changes).to.deep.equal({ ...others, same });
    expect(service.local.jobs()).to.have.length(since + 1);
    const after = await jobsInState();
    expect(Object.keys(after)).to.have.length(total);
    const kept = Object.keys(before).filter((id) => before[id] !== "ERROR");
    expect(Object.keys(after)).to.include.members(kept);
    expect(Object.values(after)).to.deep.equal(Array(total).fill("COMPLETED"));
    expect((await stack.resources(":Job")).map(({ type }) => type)).to.not.include(jobToken);

    const all = Number(same) + 2;
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: all });
    expect(expectSuccess(await stack.up(program())).changes).to.deep.equal({ same: all });
    expect(service.local.jobs()).to.have.length(since + 1);
  });

  // Continues from the previous test.
  it("comes back without a job", async () => {
    const { stack, service } = shared;
    setHost("dynamic");
    const [since, before] = [service.local.jobs().length, await jobsInState()];
    const resources = jobTypes.length + 4 + 1 + 2 + 1;
    const up = expectSuccess(await stack.up(program()));
    expect(up.changes.update).to.equal(resources);
    expect(up.changes).to.have.all.keys("same", "update");
    expect(await jobsInState()).to.deep.equal(before);
    expect((await stack.resources(":Job")).map(({ outputs }) => typeof outputs.__provider)).to.deep.equal(
      Array(jobTypes.length + 4).fill("string"),
    );
    const total = Number(up.changes.same) + resources;
    expect(expectSuccess(await stack.up(program())).changes).to.deep.equal({ same: total });
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: total });
    expect(service.local.jobs()).to.have.length(since);
    // The state of a user of the dynamic provider stays as it is.
    expect(await stack.readState()).to.not.contain('"aliases"');
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revisions.files)).to.deep.equal([]);
    expect(service.local.jobs()).to.have.length(since);
  });
});
