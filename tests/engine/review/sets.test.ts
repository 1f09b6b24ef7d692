/** What a review says of sets of jobs, of previews that the real engine has written, and what `pulumi up` then does. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobSetArgs, S3ImportArgs } from "../../../index";
import { FileUpload, JobSet, S3Export, S3Import } from "../../../index";
import { findJob, previewAsJson, reasonsOf, reviewPreview, warningsOf } from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";

describe("a review of sets of jobs", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: "20ms" });
  useProgramEnvironment(shared);
  let place: { dataSetId: string; revisionId: string };

  before(async () => {
    await shared.service.createBucket("source", { "a.csv": "1", "b.csv": "1", "c.csv": "1" });
    await shared.service.createBucket("target");
  });
  beforeEach(async () => {
    await shared.stack.clearState();
    place = await shared.service.createEmptyRevision();
  });

  const nothing: PulumiFn = () => Promise.resolve();
  const setOf =
    (keys: Record<string, string[]>, settings: Partial<JobSetArgs> = {}, triggers?: unknown[]): PulumiFn =>
    () => {
      const jobs = Object.entries(keys).map(([name, some]) => [name, importArgs(place, some, { triggers })]);
      new JobSet("prices", { jobs: Object.fromEntries(jobs) as JobSetArgs["jobs"], ...settings });
      return Promise.resolve();
    };
  const jobsRun = async (run: () => Promise<unknown>): Promise<number> => {
    const before = shared.service.local.jobs().length;
    await run();
    return shared.service.local.jobs().length - before;
  };

  it("tells of an object more, another and one gone by the jobs that run", async () => {
    const { stack, service } = shared;
    const program = (args: Partial<S3ImportArgs> = {}): PulumiFn => {
      return () => {
        new S3Import("daily", { ...place, bucket: "source", prefix: "day/", ...args });
        return Promise.resolve();
      };
    };
    for (const key of ["day/a.csv", "day/b.csv"]) await service.putObject("source", key, "1");
    const created = reviewPreview(await previewAsJson(stack, program()));
    expect(created.headline).to.equal("1 new job will run");
    expect(findJob(created, "daily[1]")).to.deep.include({
      does: "imports 2 objects of source into revision ID of data set ID",
      action: "new",
    });
    expect(created.otherResources).to.deep.equal({ create: 1 });
    expectSuccess(await stack.up(program()));
    expect(reviewPreview(await previewAsJson(stack, program())).headline).to.match(/are affected, 1 stays$/);

    await service.putObject("source", "day/a.csv", "2");
    await service.putObject("source", "day/c.csv", "1");
    const changed = reviewPreview(await previewAsJson(stack, program({ exclude: ["b.csv"] })));
    expect(changed.headline).to.equal("1 job runs again");
    expect(reasonsOf(changed)).to.deep.equal([
      "1 object added: s3://source/day/c.csv; 1 object removed: s3://source/day/b.csv",
      "object s3://source/day/a.csv has changed",
    ]);
    expect(warningsOf(changed)).to.deep.equal([
      "2 assets of its last run are deleted once all jobs of the set have completed, unless the revision is finalized",
    ]);
    expect(
      await jobsRun(async () => expectSuccess(await stack.up(program({ exclude: ["b.csv"] })))),
    ).to.equal(1);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal(["day/a.csv", "day/c.csv"]);
    const gone = reviewPreview(await previewAsJson(stack, nothing));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.changed[0]!.text).to.match(/^is deleted, and with it 2 assets that it made/);
  });

  it("knows which jobs of a set run, go and stay", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(setOf({ a: ["a.csv"], b: ["b.csv"] }, {}, ["one"])));
    const after = setOf({ b: ["b.csv"], c: ["c.csv", "b.csv"] }, { triggers: ["two"] }, ["one"]);
    const told = reviewPreview(await previewAsJson(stack, after));
    expect(told.headline).to.equal("1 new job will run, 1 runs again, 1 is deleted");
    expect(reasonsOf(told, "prices[b]")).to.deep.equal(["trigger 1 added: two"]);
    expect(warningsOf(told, "prices[c]").join()).to.contain("1 asset of job prices[b]");
    expect(await jobsRun(async () => expectSuccess(await stack.up(after)))).to.equal(2);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal([
      "a.csv",
      "b.csv",
      "b.csv",
      "b.csv",
      "c.csv",
    ]);
    const inPlace = setOf(
      { b: ["b.csv"], c: ["c.csv", "b.csv"] },
      { triggers: ["two"], onDelete: "deleteAssets" },
      ["one"],
    );
    expect(reviewPreview(await previewAsJson(stack, inPlace)).headline).to.equal(
      "2 jobs are updated in place",
    );
    expect(await jobsRun(async () => expectSuccess(await stack.up(inPlace)))).to.equal(0);
  });

  it("says that a job that failed runs again, and only this one", async () => {
    const { stack, service } = shared;
    const settings = { onDelete: "deleteAssets" } as const;
    expectSuccess(await stack.up(setOf({ a: ["a.csv"], b: ["b.csv"] }, settings)));
    const broken = setOf({ a: ["a.csv", "c.csv"], b: ["b.csv", "missing.csv"] }, settings);
    expect((await stack.up(broken)).error).to.be.an("error");
    const told = reviewPreview(await previewAsJson(stack, broken));
    expect(told.headline).to.equal("1 job runs again, 1 is deleted, 1 stays");
    expect(reasonsOf(told)[0]).to.match(/^its last run ended in ERROR: .* \(s3:\/\/source\/missing\.csv\)$/);
    expect(warningsOf(told)).to.deep.equal([
      // What it made before it failed goes before its retry.
      "1 asset of its last run is deleted, unless the revision is finalized",
      "1 asset of an earlier run is deleted once all jobs of the set have completed, unless the revision is finalized",
    ]);
    expect(told.changed.map(({ name, text }) => `${name} ${text}`)).to.deep.equal([
      "prices[a] was replaced before, and what it was then is deleted, and with it 1 asset that it made, unless their revision is finalized",
    ]);
    await service.putObject("source", "missing.csv", "1");
    expect(await jobsRun(async () => expectSuccess(await stack.up(broken)))).to.equal(1);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal([
      "a.csv",
      "b.csv",
      "c.csv",
      "missing.csv",
    ]);
  });

  it("of a set with secrets says no more than it can know, and none of them", async () => {
    const { stack } = shared;
    const program =
      (keys: string[], timeouts?: S3ImportArgs["timeouts"]): PulumiFn =>
      () => {
        new S3Import("daily", { ...place, bucket: "source", keys: secret(keys), timeouts });
        return Promise.resolve();
      };
    expectSuccess(await stack.up(program(["a.csv"])));
    const changed = reviewPreview(await previewAsJson(stack, program(["b.csv"])));
    expect(changed.headline).to.equal("1 job may run again");
    expect(reasonsOf(changed)).to.deep.equal([
      "a preview does not show whether a secret of it has changed, or its last run has failed",
    ]);
    expect(JSON.stringify(changed)).not.to.contain(".csv");
    expect(reviewPreview(await previewAsJson(stack, program(["a.csv"]))).headline).to.match(
      /are affected, 1 stays$/,
    );
    const inPlace = reviewPreview(await previewAsJson(stack, program(["a.csv"], { run: "1h" })));
    expect(inPlace.headline).to.equal("1 job is updated in place");
    const gone = reviewPreview(await previewAsJson(stack, nothing));
    expect(gone.changed.map(({ text }) => text)).to.deep.equal([
      "is deleted, and with it the assets that it made, unless their revision is finalized",
    ]);
  });

  it("of an export of assets that are yet to be made says that its jobs are decided later", async () => {
    const { stack } = shared;
    const program =
      (keys: string[]): PulumiFn =>
      () => {
        const { assets } = new S3Import("daily", { ...place, bucket: "source", keys });
        new S3Export("copies", { ...place, bucket: "target", assets });
        return Promise.resolve();
      };
    const created = reviewPreview(await previewAsJson(stack, program(["a.csv"])));
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(created.later.map(({ name }) => name)).to.deep.equal(["copies"]);
    expectSuccess(await stack.up(program(["a.csv"])));
    expect(reviewPreview(await previewAsJson(stack, program(["a.csv"]))).headline).to.match(
      /are affected, 2 stay$/,
    );
    const changed = reviewPreview(await previewAsJson(stack, program(["b.csv"])));
    expect(changed.headline).to.equal("1 job runs again, 1 may run again, 1 component decides more later");
    expect(findJob(changed, "copies-export[1]")).to.include({ action: "mayRerun" });
    expect(reasonsOf(changed, "copies-export[1]")).to.deep.equal([
      "details not known until job set daily is updated",
    ]);
  });

  it("of many uploads is one row, and names the files that are others", async () => {
    const { stack, service } = shared;
    const path = await mkdtemp(join(tmpdir(), "upload-"));
    const write = (index: number, text: string) => writeFile(join(path, `${index}.csv`), text);
    for (let index = 0; index < 12; index++) await write(index, "1");
    const program: PulumiFn = () => {
      new FileUpload("files", { ...place, path });
      return Promise.resolve();
    };
    try {
      expectSuccess(await stack.up(program));
      for (let index = 0; index < 6; index++) await write(index, "2");
      await write(12, "1");
      const told = reviewPreview(await previewAsJson(stack, program));
      expect(told.headline).to.equal("1 new job will run, 6 run again, 6 stay");
      expect(told.jobs).to.have.length(7);
      expect(told.markdown.match(/^- \*\*/gm)).to.have.length(2);
      expect(told.text)
        .to.contain(
          "files (6 jobs) of files (dataexchange:index:FileUpload) imports uploaded files as assets",
        )
        .and.contain("why: the content of 6 uploads changed: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv\n")
        .and.contain(
          "look out: 6 assets of its last run are deleted once all jobs of the set have completed",
        );
      expect(await jobsRun(async () => expectSuccess(await stack.up(program)))).to.equal(7);
      expect(await service.listAssetNames(place)).to.have.length(13);
    } finally {
      await rm(path, { recursive: true });
    }
  });
});
