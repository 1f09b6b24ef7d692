import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CustomResourceOptions } from "@pulumi/pulumi";
import { asset } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job, JobSet } from "../../index";
import { declareJob, importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import type { EngineRun } from "../harness/stack";
import { expectSuccess, useStack } from "../harness/stack";

/** Deleting with the job shows whether one job is taken for another: then assets go that must stay. */
const options = { onDelete: "deleteAssets" } as const;

const resources = {
  Job: (revision: RevisionIds, opts: CustomResourceOptions) =>
    new Job("prices", importArgs(revision, ["a.csv"], options), opts),
  JobSet: (revision: RevisionIds, opts: CustomResourceOptions) =>
    new JobSet("prices", { jobs: { one: importArgs(revision, ["a.csv"]) }, ...options }, opts),
};

describe("changes to a job", function () {
  this.timeout("5m");
  const shared = useStack();
  let revision: RevisionIds;

  before(() => shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" }));
  beforeEach(async () => (revision = await shared.service.createEmptyRevision()));
  afterEach(() => shared.stack.clearState());

  it("runs nothing when sources are reordered or a default is written out", async () => {
    const { stack } = shared;
    await stack.up(declareJob(importArgs(revision, ["a.csv", "b.csv", "c.csv"])));
    const { id } = await stack.job();
    const same = importArgs(revision, ["c.csv", "a.csv", "b.csv"], { adopt: "own", onDelete: "retain" });
    expect((await stack.up(declareJob(same))).changes).to.deep.equal({ same: 2 });
    expect((await stack.job()).id).to.equal(id);
  });

  it("runs the job again when the option replacementTrigger changes", async () => {
    const { stack, service } = shared;
    const program = (replacementTrigger: string) => () => {
      new Job("job", importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" }), { replacementTrigger });
      return Promise.resolve();
    };
    expectSuccess(await stack.up(program("build 1")));
    const { id } = await stack.job();
    expect((await stack.up(program("build 1"))).changes).to.deep.equal({ same: 2 });
    expect((await stack.up(program("build 2"))).changes).to.deep.equal({ replace: 1, same: 1 });
    expect((await stack.job()).id).not.to.equal(id);
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
  });

  it("replaces the job when an uploaded file changes, and shows its bytes in neither state nor output", async () => {
    const { stack, service } = shared;
    const folder = await mkdtemp(join(tmpdir(), "upload-"));
    const path = join(folder, "body.txt");
    const program = declareJob({
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...revision, assetName: "body.txt" } },
      upload: new asset.FileAsset(path),
      onDelete: "deleteAssets",
    });
    await writeFile(path, "planted-first-body");
    const first = await stack.up(program);
    expectSuccess(first);
    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });

    await writeFile(path, "planted-second-body");
    const preview = await stack.preview(program);
    expect(preview.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(preview.stdout).to.match(/upload/);
    const second = await stack.up(program);
    expectSuccess(second);
    expect(await service.listAssetNames(revision)).to.deep.equal(["body.txt"]);
    const { outputs } = await stack.job();
    expect(await service.readAsset(revision, outputs.assets[0]!.id)).to.equal("planted-second-body");
    for (const text of [await stack.readState(), first.stdout, second.stdout])
      expect(text).not.to.contain("planted-");
    await rm(folder, { recursive: true });
  });

  it("runs the job again for each change of a trigger, also back to an earlier value", async () => {
    const { stack, service } = shared;
    const program = (day: string) => declareJob(importArgs(revision, ["a.csv"], { triggers: [{ day }] }));
    await stack.up(program("monday"));
    const preview = await stack.preview(program("tuesday"));
    expect(preview.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(preview.stdout).to.contain("triggers");
    const before = service.local.jobs().length;
    for (const day of ["tuesday", "monday", "wednesday"]) {
      expect((await stack.up(program(day))).changes, day).to.deep.equal({ replace: 1, same: 1 });
    }
    expect(service.local.jobs().length - before).to.equal(3);
    // Back to sources that an older job has imported, with another trigger: the trigger counts.
    const other = declareJob(importArgs(revision, ["b.csv"], { triggers: [{ day: "wednesday" }] }));
    await stack.up(other);
    await stack.up(program("friday"));
    expect(service.local.jobs().length - before).to.equal(5);
  });

  it("compares a file among the triggers by content, not by path", async () => {
    const { stack } = shared;
    const folder = await mkdtemp(join(tmpdir(), "trigger-"));
    const triggered = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      const triggers = { file: new asset.FileAsset(join(folder, name)), note: new asset.StringAsset("same") };
      return stack.up(declareJob(importArgs(revision, ["a.csv"], { triggers })));
    };
    expectSuccess(await triggered("one", "first"));
    expect((await triggered("two", "first")).changes).to.deep.equal({ same: 2 });
    expect((await triggered("two", "second")).changes).to.deep.equal({ replace: 1, same: 1 });
    await rm(folder, { recursive: true });
  });

  it("replaces the job when the tags of its assets change, and sends them to the service", async () => {
    const { stack, service } = shared;
    const tagged = (value: string) =>
      declareJob(importArgs(revision, ["a.csv"], { assetConfiguration: { tags: [{ key: "team", value }] } }));
    await stack.up(tagged("market"));
    expect((await stack.up(tagged("risk"))).changes).to.deep.equal({ replace: 1, same: 1 });
    const { id } = await stack.job();
    const made = service.local.jobs().find((job) => job.id === id);
    expect(made?.assetConfiguration).to.deep.equal({ tags: [{ key: "team", value: "risk" }] });
  });

  it("runs the import again with --replace", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(revision, ["a.csv"]));
    await stack.up(program);
    const { id, urn } = await stack.job();
    const before = service.local.jobs().length;
    const run = await stack.up(program, { replace: [urn] });
    expect(run.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(service.local.jobs().length - before).to.equal(1);
    expect((await stack.job()).id).to.not.equal(id);
  });

  it("updates timeouts, adopt and onDelete in place without a request", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(revision, ["a.csv"])));
    const { id, outputs } = await stack.job();
    service.local.clearRequests();
    const changed = importArgs(revision, ["a.csv"], {
      timeouts: { run: "1h" },
      adopt: "none",
      onDelete: "deleteAssets",
    });
    expect((await stack.up(declareJob(changed))).changes).to.deep.equal({ update: 1, same: 1 });
    expect(service.countCalls()).to.deep.equal({});
    const updated = await stack.job();
    expect(updated.id).to.equal(id);
    expect(updated.outputs).to.deep.equal({
      ...outputs,
      timeouts: { run: "1h" },
      adopt: "none",
      onDelete: "deleteAssets",
    });
  });

  it("deletes the assets of a replaced and a destroyed import with onDelete: deleteAssets", async () => {
    const { stack, service } = shared;
    const of = (keys: string[]) => declareJob(importArgs(revision, keys, { onDelete: "deleteAssets" }));
    await stack.up(of(["a.csv", "b.csv"]));
    await stack.up(of(["b.csv", "c.csv"]));
    expect(await service.listAssetNames(revision)).to.deep.equal(["b.csv", "c.csv"]);
    await stack.destroy();
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
    await stack.up(of(["b.csv", "c.csv"]));
    expect(await service.listAssetNames(revision)).to.deep.equal(["b.csv", "c.csv"]);
  });

  it("warns and succeeds when onDelete: deleteAssets meets a finalized revision", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" })));
    await service.finalizeRevision(revision);
    const destroyed = await stack.destroy();
    expectSuccess(destroyed);
    expect(destroyed.stdout + destroyed.stderr).to.contain("is finalized");
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
  });

  it("keeps the assets by default, and imports them again in a later up with a note", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(revision, ["a.csv"]));
    await stack.up(program);
    await stack.destroy();
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
    const again = await stack.up(program);
    expect(again.stdout + again.stderr).to.contain("[similar-job-found]");
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv", "a.csv"]);
  });

  for (const [kind, declare] of Object.entries(resources)) {
    for (const way of ["replacementTrigger", "--replace"]) {
      const ask = async (trigger: string): Promise<EngineRun> => {
        const { stack } = shared;
        const [old] = await stack.resources(`:${kind}`);
        const isForced = way === "--replace" && old;
        const opts = way === "--replace" ? {} : { replacementTrigger: trigger };
        const program = () => Promise.resolve(void declare(revision, opts));
        return stack.up(program, isForced ? { replace: [old.urn] } : {});
      };

      it(`runs a ${kind} again by ${way} and leaves only the new assets`, async () => {
        const { stack, service } = shared;
        expectSuccess(await ask("build 1"));
        const before = await stack.listJobIds();
        expectSuccess(await ask("build 2"));
        expect(await stack.listJobIds())
          .to.have.length(1)
          .and.not.include(before[0]);
        expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
      });

      it(`runs a ${kind} again by ${way} after a run that could not list the assets`, async () => {
        const { stack, service } = shared;
        const fault = service.local.faults.add({ operation: "ListRevisionAssets", error: 403 });
        const failed = await ask("build 1");
        fault.remove();
        expect(failed.error?.message).to.match(/ListRevisionAssets/);
        const before = await stack.listJobIds();
        expect(before).to.have.length(1);

        expectSuccess(await ask("build 2"));
        expect(await stack.listJobIds())
          .to.have.length(1)
          .and.not.include(before[0]);
        expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
      });
    }
  }
});
