/**
 * What a review says of changes. One program holds the job before each change, another the job after it; the real
 * engine runs the first and previews the second.
 */
import type { Input } from "@pulumi/pulumi";
import { ComponentResource, asset, rootStackResource, secret } from "@pulumi/pulumi";
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import type { ReviewResult } from "../../harness/review-result";
import { findJob, previewAsJson, reasonsOf, reviewPreview, warningsOf } from "../../harness/review-result";
import { importArgs } from "../../harness/programs";
import type { TestStack } from "../../harness/stack";
import { useStack } from "../../harness/stack";

interface Place {
  dataSetId: string;
  revisionId: string;
}

/** The job before and after a change, in a revision of its own. Either may be missing. */
interface Change {
  before?: JobArgs;
  after?: JobArgs;
}

const many = Array.from({ length: 12 }, (_, index) => `more-${index + 10}.csv`);
const [monday, tuesday] = [[{ day: "monday" }], [{ day: "tuesday" }]];
const onward = { continueOnError: true };
const tags = [{ key: "team", value: "risk" }];

/** Changes of the sources of an import, by name. */
const sources: Record<string, [before: string[], after: string[], rest?: Partial<JobArgs>]> = {
  added: [
    ["a.csv", "b.csv"],
    ["a.csv", "b.csv", "c.csv"],
  ],
  removed: [["a.csv", "b.csv"], ["b.csv"]],
  exchanged: [
    ["a.csv", "b.csv"],
    ["b.csv", "c.csv"],
  ],
  ordered: [
    ["a.csv", "b.csv"],
    ["b.csv", "a.csv"],
  ],
  many: [["a.csv"], ["a.csv", ...many]],
  deleting: [["a.csv", "b.csv"], ["b.csv"], { onDelete: "deleteAssets" }],
};

/** Changes of what else an import is told, by name. */
const settings: Record<string, [before: Partial<JobArgs>, after: Partial<JobArgs>]> = {
  trigger: [{ triggers: [{ etag: "one" }, "fixed"] }, { triggers: [{ etag: "two" }, "fixed"] }],
  triggers: [
    { triggers: [{ etag: "one" }, "fixed"] },
    { triggers: [{ etag: "two" }, "fixed", { day: "monday" }] },
  ],
  tags: [{}, { assetConfiguration: { tags } }],
  inPlace: [{}, { timeouts: { run: "1h" }, onDelete: "deleteAssets" }],
  forced: [{}, {}],
  tainted: [{}, {}],
};

const imports = (at: Place, key: Input<string>, rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: { importAssetsFromS3: { ...at, assetSources: [{ bucket: "source", key }] } },
    ...rest,
  }) as JobArgs;

const exportsRevision = ({ dataSetId, revisionId }: Place, rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "EXPORT_REVISIONS_TO_S3",
    details: {
      exportRevisionsToS3: {
        dataSetId,
        revisionDestinations: [{ revisionId, bucket: "target", keyPattern: "all/${Asset.Name}" }],
      },
    },
    ...rest,
  }) as JobArgs;

const uploads = (at: Place, body: string): JobArgs => ({
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { ...at, assetName: "body.txt" } },
  upload: new asset.StringAsset(body),
});

describe("a review of a change", function () {
  this.timeout("10m");
  const shared = useStack();
  const places: Record<string, Place> = {};
  let created: ReviewResult, told: ReviewResult;

  const at = (name: string): Place => places[name]!;

  async function changes(): Promise<Record<string, Change>> {
    const { service } = shared;
    const place = async (name: string) => (places[name] = await service.createEmptyRevision());
    const all: Record<string, Change> = {};
    for (const [name, [before, after, rest]] of Object.entries(sources)) {
      const here = await place(name);
      all[name] = { before: importArgs(here, before, rest), after: importArgs(here, after, rest) };
    }
    for (const [name, [before, after]] of Object.entries(settings)) {
      const here = await place(name);
      all[name] = { before: importArgs(here, ["a.csv"], before), after: importArgs(here, ["a.csv"], after) };
    }
    all.late = {
      before: importArgs(await place("late"), ["a.csv", "b.csv"]),
      after: importArgs(at("late"), ["b.csv"], { onDelete: "deleteAssets" }),
    };
    all.elsewhere = {
      before: importArgs(await place("elsewhere"), ["a.csv"]),
      after: importArgs(await place("new place"), ["a.csv"]),
    };
    all.type = { before: importArgs(await place("type"), ["a.csv"]), after: exportsRevision(at("type")) };
    all.secret = {
      before: imports(await place("secret"), secret("planted-1.csv"), { triggers: [secret("planted")] }),
      after: imports(at("secret"), secret("planted-2.csv"), { triggers: [secret("planted")] }),
    };
    all.secretTrigger = {
      before: imports(await place("secretTrigger"), "a.csv", { triggers: [{ day: secret("planted-1") }] }),
      after: imports(at("secretTrigger"), "a.csv", { triggers: [{ day: secret("planted-2") }] }),
    };
    const hidden = (key: string) =>
      ({ ...imports(at("hidden"), key), details: secret(imports(at("hidden"), key).details) }) as JobArgs;
    await place("hidden");
    all.hidden = { before: hidden("a.csv"), after: hidden("b.csv") };
    all.renamed = { before: importArgs(await place("renamed"), ["a.csv", "b.csv"]) };
    all.renamedLater = { after: importArgs(at("renamed"), ["a.csv", "b.csv"]) };
    all.gone = { before: importArgs(await place("gone"), ["a.csv"]) };
    all.goneWithAssets = {
      before: importArgs(await place("goneWithAssets"), ["a.csv"], { onDelete: "deleteAssets" }),
    };
    all.failed = {
      before: importArgs(await place("failed"), ["a.csv", "missing.csv"]),
      after: importArgs(at("failed"), ["a.csv", "missing.csv"]),
    };
    all.uploaded = {
      before: uploads(await place("uploaded"), "planted-one"),
      after: uploads(at("uploaded"), "planted-two"),
    };
    const { dataSetId, revisionId } = await place("exported");
    const { assetId } = await service.importAsset({ dataSetId, revisionId }, "source", "a.csv");
    const assetDestinations = [{ assetId, bucket: "target", key: "one" }];
    const details = { exportAssetsToS3: { dataSetId, revisionId, assetDestinations } };
    const ofAssets = (triggers: unknown[]): JobArgs => ({ type: "EXPORT_ASSETS_TO_S3", details, triggers });
    all.assets = { before: ofAssets(monday), after: ofAssets(tuesday) };
    all.revisions = {
      before: exportsRevision(at("exported"), { triggers: monday }),
      after: exportsRevision(at("exported"), { triggers: tuesday }),
    };
    for (const name of ["first", "aliased", "moved", "open"]) await place(name);
    await place("finalized");
    return all;
  }

  const program =
    (all: Record<string, Change>, when: keyof Change): PulumiFn =>
    () => {
      for (const [name, change] of Object.entries(all)) if (change[when]) new Job(name, change[when]);
      const triggers = when === "before" ? monday : tuesday;
      const first = new Job("first", importArgs(at("first"), ["a.csv"], { triggers }));
      new Job(
        "second",
        imports(
          at("first"),
          first.id.apply(() => "b.csv"),
        ),
      );
      new Job("open", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: first.id.apply(() => imports(at("open"), "a.csv").details),
      } as JobArgs);
      const isLater = when === "after";
      new Job(isLater ? "aliasedLater" : "aliased", importArgs(at("aliased"), ["a.csv"]), {
        aliases: [{ name: "aliased" }],
      });
      const feed = isLater ? new ComponentResource("market:index:Feed", "europe") : undefined;
      new Job("moved", importArgs(at("moved"), ["a.csv"]), {
        parent: feed,
        aliases: [{ parent: rootStackResource }],
      });
      const last = new Job("last", importArgs(at("finalized"), [when === "before" ? "a.csv" : "b.csv"]));
      new RevisionFinalization("published", { ...at("finalized"), jobs: [last.id] });
      return Promise.resolve();
    };

  before(async () => {
    const { stack, service } = shared;
    const keys = ["a.csv", "b.csv", "c.csv", "planted-1.csv", "planted-2.csv", ...many];
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    await service.createBucket("target");
    const all = await changes();
    created = reviewPreview(await previewAsJson(stack, program(all, "before")));
    // One of its jobs is to fail.
    expect((await stack.up(program(all, "before"), onward)).error).to.be.an("error");
    await taint(stack, await urnOf(stack, "tainted"));
    const replace = [await urnOf(stack, "forced")];
    told = reviewPreview(await previewAsJson(stack, program(all, "after"), { replace }));
    await service.putObject("source", "missing.csv", "2");
    // The finalized revision takes nothing more, as the review says.
    expect((await stack.up(program(all, "after"), onward)).error).to.be.an("error");
  });

  const urnOf = async (stack: TestStack, name: string): Promise<string> =>
    (await stack.jobs()).find(({ urn }) => urn.endsWith(`::${name}`))!.urn;

  async function taint({ stack }: TestStack, urn: string): Promise<void> {
    const { pulumiCommand, workDir, envVars } = stack.workspace as LocalWorkspace;
    const command = pulumiCommand as unknown as { run: (...args: unknown[]) => Promise<unknown> };
    await command.run(["state", "taint", urn, "--yes", "--stack", "test"], workDir, envVars);
  }

  const changeOf = (name: string): ReviewResult["changed"] =>
    told.changed.filter((change) => change.name === name);

  it("counts each kind in one line", () => {
    expect(created.headline).to.match(/^\d+ new jobs will run$/);
    expect(told.headline).to.match(
      /^1 new job will run, \d+ run again, 2 may run again, 3 are deleted, 1 is updated in place, 3 stay$/,
    );
  });

  it("of sources names them, and what comes to be in the revision twice or stays there", () => {
    expect(reasonsOf(told, "added")).to.deep.equal(["1 object added: s3://source/c.csv"]);
    expect(warningsOf(told, "added")).to.have.length(1);
    expect(warningsOf(told, "added")[0]).to.match(
      /^revision ID is the same, so 2 assets will be in it twice: [ab]\.csv, [ab]\.csv; onDelete: "deleteAssets"/,
    );
    expect(reasonsOf(told, "removed")).to.deep.equal(["1 object removed: s3://source/a.csv"]);
    expect(reasonsOf(told, "exchanged")).to.deep.equal([
      "1 object added: s3://source/c.csv; 1 object removed: s3://source/a.csv",
    ]);
    expect(warningsOf(told, "exchanged")).to.deep.equal([
      'revision ID is the same, so 1 asset will be in it twice: b.csv; onDelete: "deleteAssets", applied before this in a run that does not replace the job, has the old ones deleted',
      "revision ID is the same, so 1 asset of its last run stays in it beside the new: a.csv",
    ]);
    expect(told.jobs.map(({ name }) => name)).not.to.include("ordered");
  });

  it("of sources says what deleteAssets deletes, and is right about it", async () => {
    expect(warningsOf(told, "late")[0]).to.contain(
      "onDelete changes in the same run, where it does not count yet: apply it before this, in a run that does not replace the job",
    );
    expect(warningsOf(told, "deleting")).to.deep.equal([
      "2 assets of its last run are deleted, unless the revision is finalized",
    ]);
    expect(await shared.service.listAssetNames(at("deleting"))).to.deep.equal(["b.csv"]);
    expect(await shared.service.listAssetNames(at("late"))).to.deep.equal(["a.csv", "b.csv", "b.csv"]);
  });

  it("of sources to another revision has nothing to look out for", () => {
    expect(reasonsOf(told, "elsewhere")).to.deep.equal([
      "dataSetId changed from ID to ID",
      "revisionId changed from ID to ID",
    ]);
    expect(warningsOf(told, "elsewhere")).to.deep.equal([]);
  });

  it("of more than ten sources names ten and the number of the rest", () => {
    const names = many.slice(0, 10).map((key) => `s3://source/${key}`);
    expect(reasonsOf(told, "many")).to.deep.equal([`12 objects added: ${names.join(", ")} and 2 more`]);
  });

  it("of triggers, tags, type or by order of the user says which", () => {
    expect(reasonsOf(told, "trigger")).to.deep.equal(["trigger etag changed from one to two"]);
    expect(reasonsOf(told, "triggers")).to.deep.equal([
      "trigger etag changed from one to two",
      "trigger day added: monday",
    ]);
    expect(reasonsOf(told, "tags")).to.deep.equal(["the tags of its assets changed"]);
    expect(reasonsOf(told, "type")).to.deep.equal([
      "its type changed from IMPORT_ASSETS_FROM_S3 to EXPORT_REVISIONS_TO_S3",
    ]);
    expect(warningsOf(told, "type")).to.deep.equal([]);
    expect(findJob(told, "forced").action).to.equal("rerun");
    expect(reasonsOf(told, "forced")).to.have.length(1);
    expect(reasonsOf(told, "forced")[0]).to.contain("--replace");
    expect(reasonsOf(told, "tainted")).to.deep.equal(["it is marked for replacement (pulumi state taint)"]);
  });

  it("of an export's trigger says which objects it overwrites", () => {
    expect(warningsOf(told, "assets")).to.deep.equal([
      "it overwrites what its last run wrote: s3://target/one",
    ]);
    expect(warningsOf(told, "revisions")).to.deep.equal([
      "it overwrites what its last run wrote: s3://target/all/${Asset.Name}",
    ]);
  });

  it("of a secret tells that it changed and never what it is", () => {
    for (const said of [created, told]) expect(JSON.stringify(said)).not.to.contain("planted");
    expect(reasonsOf(created, "secret")).to.deep.equal(["it is new"]);
    expect(reasonsOf(told, "secret")).to.deep.equal(["a secret in details changed"]);
    expect(reasonsOf(told, "secretTrigger")).to.deep.equal(["a secret in triggers changed"]);
    expect(warningsOf(told, "secret")[0]).to.match(/may be in it twice/);
  });

  it("of details that are hidden as a whole looks into nothing", () => {
    expect(findJob(told, "hidden").does).to.match(/^imports objects .* \(details secret\)$/);
    expect(reasonsOf(told, "hidden")).to.deep.equal(["a secret in details changed"]);
    expect(findJob(told, "open").does).to.match(/^imports objects .* \(details not known yet\)$/);
    expect(findJob(told, "open").action).to.equal("mayRerun");
    expect(reasonsOf(told, "open")).to.deep.equal(["details not known until job first is replaced"]);
    for (const name of ["hidden", "open"])
      expect(warningsOf(told, name)[0]).to.match(
        /^unless the revision is another one, assets may be in it twice;/,
      );
  });

  it("of a job that is renamed or moved says nothing where an alias tells so, and what is doubled otherwise", () => {
    expect(told.jobs.map(({ name }) => name)).not.to.include.members(["aliasedLater"]);
    expect(changeOf("moved").concat(changeOf("aliased"))).to.deep.equal([]);
    expect(reasonsOf(told, "renamedLater")).to.deep.equal(["it is new"]);
    expect(warningsOf(told, "renamedLater")).to.deep.equal([
      "2 assets of job renamed, which is deleted, stay in revision ID and will be in it twice: a.csv, b.csv; an alias keeps a renamed job as it is",
    ]);
  });

  it("of an upload says that its content changed, and tells none of it", () => {
    expect(reasonsOf(told, "uploaded")).to.deep.equal(["the upload's content changed"]);
    expect(warningsOf(told, "uploaded")[0]).to.contain("1 asset will be in it twice: body.txt");
  });

  it("of what another job gives says until when it is not known", () => {
    expect(reasonsOf(created, "second")).to.deep.equal([
      "it is new",
      "details not known until job first exists",
    ]);
    expect(findJob(told, "second").action).to.equal("mayRerun");
    expect(reasonsOf(told, "second")).to.deep.equal(["1 object not known until job first is replaced"]);
    expect(warningsOf(told, "second")[0]).to.match(/may be in it twice/);
  });

  it("of settings, and of a job that goes, says that nothing runs", () => {
    expect(changeOf("inPlace").map(({ text }) => text)[0]).to.match(
      /^is updated in place: (timeouts, onDelete|onDelete, timeouts); nothing runs$/,
    );
    expect(changeOf("gone").map(({ text }) => text)).to.deep.equal([
      "is deleted; 1 asset that it made stays",
    ]);
    expect(changeOf("goneWithAssets").map(({ text }) => text)).to.deep.equal([
      "is deleted, and with it 1 asset that it made, unless their revision is finalized",
    ]);
  });

  it("after a run that failed says how, and with which objects", () => {
    expect(reasonsOf(told, "failed")).to.have.length(1);
    expect(reasonsOf(told, "failed")[0]).to.match(
      /^its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: .* \(s3:\/\/source\/missing\.csv\)$/,
    );
  });

  it("around a finalization says what it does to the revision, and what that does to an import", () => {
    expect(warningsOf(created, "last")).to.deep.equal([
      "revision published is finalized in this run: its assets go to subscribers and can no longer be changed",
    ]);
    expect(warningsOf(told, "last")).to.contain(
      "revision published is finalized: nothing can be imported into it",
    );
  });

  it("after a run that was left says that it goes on, or is cancelled", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    const of =
      (run: string): PulumiFn =>
      () => {
        new Job("left", importArgs(place, ["b.csv"], { timeouts: { run } }));
        return Promise.resolve();
      };
    await stack.clearState();
    const release = service.local.pauseJobs();
    await stack.up(of("1s"));
    const changed = reviewPreview(
      await previewAsJson(stack, () => {
        new Job("left", importArgs(place, ["b.csv", "c.csv"]));
        return Promise.resolve();
      }),
    );
    const goesOn = reviewPreview(await previewAsJson(stack, of("5m")));
    const cancelled = reviewPreview(await previewAsJson(stack, () => Promise.resolve()));
    release();
    expect(goesOn.headline).to.equal("1 job goes on");
    expect(reasonsOf(goesOn)).to.deep.equal(["its last run was left in IN_PROGRESS"]);
    expect(warningsOf(changed)).to.deep.equal([
      "its last run was left in IN_PROGRESS and cannot be stopped: what it makes may be there twice",
    ]);
    expect(cancelled.headline).to.equal("1 job is cancelled");
    expect(cancelled.changed[0]!.text).to.equal(
      "is deleted; its job, left in IN_PROGRESS, is cancelled if it has not been started",
    );
  });
});
