import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { asset } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job } from "../../index";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

describe("a change", function () {
  this.timeout("5m");
  const shared = useStack();
  let place: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" }));
  beforeEach(async () => (place = await shared.service.createEmptyRevision()));
  afterEach(() => shared.stack.clearState());

  it("of the order of sources, or a default spelled out, runs nothing", async () => {
    const { stack } = shared;
    await stack.up(declareJob(importArgs(place, ["a.csv", "b.csv", "c.csv"])));
    const { id } = await stack.job();
    const same = importArgs(place, ["c.csv", "a.csv", "b.csv"], { adopt: "own", onDelete: "retain" });
    expect((await stack.up(declareJob(same))).changes).to.deep.equal({ same: 2 });
    expect((await stack.job()).id).to.equal(id);
  });

  it("of the option replacementTrigger runs the job again", async () => {
    const { stack, service } = shared;
    const program = (replacementTrigger: string) => () => {
      new Job("job", importArgs(place, ["a.csv"], { onDelete: "deleteAssets" }), { replacementTrigger });
      return Promise.resolve();
    };
    expect((await stack.up(program("build 1"))).error?.message).to.equal(undefined);
    const { id } = await stack.job();
    expect((await stack.up(program("build 1"))).changes).to.deep.equal({ same: 2 });
    expect((await stack.up(program("build 2"))).changes).to.deep.equal({ replace: 1, same: 1 });
    expect((await stack.job()).id).not.to.equal(id);
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv"]);
  });

  it("of an uploaded file replaces the job, and its bytes are in neither state nor output", async () => {
    const { stack, service } = shared;
    const folder = await mkdtemp(join(tmpdir(), "upload-"));
    const path = join(folder, "body.txt");
    const program = declareJob({
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...place, assetName: "body.txt" } },
      upload: new asset.FileAsset(path),
      onDelete: "deleteAssets",
    });
    await writeFile(path, "planted-first-body");
    const first = await stack.up(program);
    expect(first.error?.message).to.equal(undefined);
    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });

    await writeFile(path, "planted-second-body");
    const preview = await stack.preview(program);
    expect(preview.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(preview.stdout).to.match(/upload/);
    const second = await stack.up(program);
    expect(second.error?.message).to.equal(undefined);
    expect(await service.listAssetNames(place)).to.deep.equal(["body.txt"]);
    const { outputs } = await stack.job();
    expect(await service.readAsset(place, outputs.assets[0]!.id)).to.equal("planted-second-body");
    for (const text of [await stack.readState(), first.stdout, second.stdout])
      expect(text).not.to.contain("planted-");
    await rm(folder, { recursive: true });
  });

  it("of a trigger runs the job again, every time, however often it has run before", async () => {
    const { stack, service } = shared;
    const program = (day: string) => declareJob(importArgs(place, ["a.csv"], { triggers: [{ day }] }));
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
    const other = declareJob(importArgs(place, ["b.csv"], { triggers: [{ day: "wednesday" }] }));
    await stack.up(other);
    await stack.up(program("friday"));
    expect(service.local.jobs().length - before).to.equal(5);
  });

  it("of a file among the triggers counts by its content, wherever the file lies", async () => {
    const { stack } = shared;
    const folder = await mkdtemp(join(tmpdir(), "trigger-"));
    const triggered = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      const triggers = { file: new asset.FileAsset(join(folder, name)), note: new asset.StringAsset("same") };
      return stack.up(declareJob(importArgs(place, ["a.csv"], { triggers })));
    };
    expect((await triggered("one", "first")).error?.message).to.equal(undefined);
    expect((await triggered("two", "first")).changes).to.deep.equal({ same: 2 });
    expect((await triggered("two", "second")).changes).to.deep.equal({ replace: 1, same: 1 });
    await rm(folder, { recursive: true });
  });

  it("of the assets' tags replaces the job, and the service is told of them", async () => {
    const { stack, service } = shared;
    const tagged = (value: string) =>
      declareJob(importArgs(place, ["a.csv"], { assetConfiguration: { tags: [{ key: "team", value }] } }));
    await stack.up(tagged("market"));
    expect((await stack.up(tagged("risk"))).changes).to.deep.equal({ replace: 1, same: 1 });
    const { id } = await stack.job();
    const made = service.local.jobs().find((job) => job.id === id);
    expect(made?.assetConfiguration).to.deep.equal({ tags: [{ key: "team", value: "risk" }] });
  });

  it("that is forced by --replace runs the import again", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    await stack.up(program);
    const { id, urn } = await stack.job();
    const before = service.local.jobs().length;
    const run = await stack.up(program, { replace: [urn] });
    expect(run.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(service.local.jobs().length - before).to.equal(1);
    expect((await stack.job()).id).to.not.equal(id);
  });

  it("of timeouts, adopt and onDelete is taken over in place, and nobody is called", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(place, ["a.csv"])));
    const { id, outputs } = await stack.job();
    service.local.clearRequests();
    const changed = importArgs(place, ["a.csv"], {
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
});

describe("onDelete", function () {
  this.timeout("5m");
  const shared = useStack();
  let place: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" }));
  beforeEach(async () => (place = await shared.service.createEmptyRevision()));
  afterEach(() => shared.stack.clearState());

  it("deleteAssets removes what a replaced and a destroyed import made", async () => {
    const { stack, service } = shared;
    const of = (keys: string[]) => declareJob(importArgs(place, keys, { onDelete: "deleteAssets" }));
    await stack.up(of(["a.csv", "b.csv"]));
    await stack.up(of(["b.csv", "c.csv"]));
    expect(await service.listAssetNames(place)).to.deep.equal(["b.csv", "c.csv"]);
    await stack.destroy();
    expect(await service.listAssetNames(place)).to.deep.equal([]);
    await stack.up(of(["b.csv", "c.csv"]));
    expect(await service.listAssetNames(place)).to.deep.equal(["b.csv", "c.csv"]);
  });

  it("deleteAssets says so, and does not fail, when the revision is finalized", async () => {
    const { stack, service } = shared;
    await stack.up(declareJob(importArgs(place, ["a.csv"], { onDelete: "deleteAssets" })));
    await service.finalizeRevision(place);
    const destroyed = await stack.destroy();
    expect(destroyed.error?.message).to.equal(undefined);
    expect(destroyed.stdout + destroyed.stderr).to.contain("is finalized");
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv"]);
  });

  it("retain, the default, keeps the assets, and a later up imports again and says so", async () => {
    const { stack, service } = shared;
    const program = declareJob(importArgs(place, ["a.csv"]));
    await stack.up(program);
    await stack.destroy();
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv"]);
    const again = await stack.up(program);
    expect(again.stdout + again.stderr).to.contain("[similar-job-found]");
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv", "a.csv"]);
  });
});
