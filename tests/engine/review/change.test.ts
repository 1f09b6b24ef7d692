/** Reviews of changes: the real engine runs a program with the jobs before the changes, and previews one with those after. */
import type { Input } from "@pulumi/pulumi";
import { ComponentResource, asset, rootStackResource, secret } from "@pulumi/pulumi";
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import { toPlainText } from "../../../review/rich-text";
import type { ReviewResult } from "../../harness/review-result";
import {
  findJob,
  previewAsJson,
  reasonKinds,
  reasonsOf,
  reviewPreview,
  warningKinds,
  warningsOf,
} from "../../harness/review-result";
import { importArgs } from "../../harness/programs";
import type { TestStack } from "../../harness/stack";
import { useStack } from "../../harness/stack";

interface Place {
  dataSetId: string;
  revisionId: string;
}

/** The job before and after a change. Each change has another revision. */
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

/** Changes of other arguments of an import, by name. */
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

describe("review: changes of jobs on the engine", function () {
  this.timeout("10m");
  const shared = useStack();
  const places: Record<string, Place> = {};
  let created: ReviewResult, changed: ReviewResult;

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
    // One of its jobs fails.
    expect((await stack.up(program(all, "before"), onward)).error).to.be.an("error");
    await taint(stack, await urnOf(stack, "tainted"));
    const replace = [await urnOf(stack, "forced")];
    changed = reviewPreview(await previewAsJson(stack, program(all, "after"), { replace }));
    await service.putObject("source", "missing.csv", "2");
    // Importing into the finalized revision fails, as the review warns.
    expect((await stack.up(program(all, "after"), onward)).error).to.be.an("error");
  });

  const urnOf = async (stack: TestStack, name: string): Promise<string> =>
    (await stack.jobs()).find(({ urn }) => urn.endsWith(`::${name}`))!.urn;

  async function taint({ stack }: TestStack, urn: string): Promise<void> {
    const { pulumiCommand, workDir, envVars } = stack.workspace as LocalWorkspace;
    const command = pulumiCommand as unknown as { run: (...args: unknown[]) => Promise<unknown> };
    await command.run(["state", "taint", urn, "--yes", "--stack", "test"], workDir, envVars);
  }

  it("counts the jobs by action in its headline", () => {
    expect(created.headline).to.match(/^\d+ new jobs will run$/);
    expect(changed.headline).to.match(
      /^1 new job will run, \d+ run again, 2 may run again, 3 are deleted, 1 is updated in place, 3 stay$/,
    );
  });

  const twice = "duplicate-assets last-run";
  const cases: [name: string, reasons: string[], warnings: string[]][] = [
    ["added", ["items-changed"], [twice]],
    ["removed", ["items-changed"], [twice, "remaining-assets last-run"]],
    ["exchanged", ["items-changed"], [twice, "remaining-assets last-run"]],
    ["many", ["items-changed"], [twice]],
    ["deleting", ["items-changed"], ["deleted-assets last-run"]],
    ["late", ["items-changed"], [twice, "remaining-assets last-run"]],
    ["elsewhere", ["details-changed", "details-changed"], []],
    ["trigger", ["triggers-changed"], [twice]],
    ["triggers", ["triggers-changed"], [twice]],
    ["tags", ["tags-changed"], [twice]],
    ["type", ["type-changed"], []],
    ["forced", ["replacement-requested"], [twice]],
    ["tainted", ["tainted"], [twice]],
    ["assets", ["triggers-changed"], ["overwritten-objects"]],
    ["revisions", ["triggers-changed"], ["overwritten-objects"]],
    ["secret", ["secret-changed"], [twice]],
    ["secretTrigger", ["secret-changed"], [twice]],
    ["hidden", ["secret-changed"], [twice]],
    ["open", ["not-known-yet"], [twice]],
    ["second", ["not-known-yet"], [twice]],
    ["uploaded", ["upload-changed"], [twice]],
    ["renamedLater", ["new"], ["duplicate-assets left-by-deleted"]],
    ["failed", ["failed"], ["deleted-assets last-run"]],
  ];
  for (const [name, reasons, warnings] of cases) {
    it(`has the reasons and warnings of the change "${name}"`, () => {
      expect(reasonKinds(changed, name)).to.deep.equal(reasons);
      expect(warningKinds(changed, name)).to.deep.equal(warnings);
    });
  }

  it("has nothing about a reordered job, and about jobs with an alias", () => {
    const names = [...changed.review.running, ...changed.review.idle].map(({ urn }) => urn.name);
    expect(names).not.to.include.oneOf(["ordered", "aliased", "aliasedLater", "moved"]);
  });

  it("names the changed objects and the duplicate assets", () => {
    expect(reasonsOf(changed, "exchanged")).to.containSubset([
      { added: ["s3://source/c.csv"], removed: ["s3://source/a.csv"] },
    ]);
    expect(warningsOf(changed, "exchanged")).to.containSubset([
      { assets: ["b.csv"], remedy: "set-on-delete-first" },
      { assets: ["a.csv"] },
    ]);
    expect(reasonsOf(changed, "many")[0]).to.have.property("added").with.length(12);
    expect(reasonsOf(changed, "triggers")).to.containSubset([
      {
        changes: [
          { trigger: "etag", from: "one", to: "two" },
          { trigger: "day", to: "monday" },
        ],
      },
    ]);
    expect(warningsOf(changed, "uploaded")).to.containSubset([{ assets: ["body.txt"] }]);
    expect(warningsOf(changed, "renamedLater")).to.containSubset([
      { assets: ["a.csv", "b.csv"], jobs: ["renamed"], mayBeRenamed: true },
    ]);
    expect(changed.text).to.match(
      /its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: .* \(s3:\/\/source\/missing\.csv\)\n/,
    );
  });

  it("is right about the assets that deleteAssets deletes", async () => {
    expect(warningsOf(changed, "late")).to.containSubset([{ remedy: "apply-on-delete-first" }]);
    expect(warningsOf(changed, "deleting")).to.containSubset([{ isAfterSet: false }]);
    expect(await shared.service.listAssetNames(at("deleting"))).to.deep.equal(["b.csv"]);
    expect(await shared.service.listAssetNames(at("late"))).to.deep.equal(["a.csv", "b.csv", "b.csv"]);
  });

  it("names the objects that an export overwrites", () => {
    const objectsOf = (name: string) =>
      warningsOf(changed, name).flatMap((each) => ("objects" in each ? (each.objects ?? []) : []));
    expect(objectsOf("assets")).to.deep.equal(["s3://target/one"]);
    expect(objectsOf("revisions")).to.deep.equal(["s3://target/all/${Asset.Name}"]);
  });

  it("shows no secret, and does not look into hidden details", () => {
    for (const { json, markdown, text } of [created, changed])
      expect(JSON.stringify(json) + markdown + text).not.to.contain("planted");
    expect(reasonKinds(created, "secret")).to.deep.equal(["new"]);
    const does = (name: string) => toPlainText(findJob(changed, name).does);
    expect(does("hidden")).to.match(/^imports objects .* \(details secret\)$/);
    expect(does("open")).to.match(/^imports objects .* \(details not known yet\)$/);
    for (const name of ["hidden", "open"])
      expect(warningsOf(changed, name)[0]).to.not.have.any.keys("revision", "assets");
  });

  it("names the job that an unknown value depends on", () => {
    const until = (op: string) => ({ kind: "not-known-yet", until: [{ urn: { name: "first" }, op }] });
    expect(reasonsOf(created, "second")[1]).to.containSubset(until("create"));
    for (const name of ["second", "open"]) {
      expect(findJob(changed, name).action).to.equal("possibleRerun");
      expect(reasonsOf(changed, name)[0]).to.containSubset(until("replace"));
    }
  });

  it("has the effects on jobs that do not run", () => {
    const effectOf = (name: string) => changed.review.idle.find(({ urn }) => urn.name === name)?.effect;
    expect(effectOf("inPlace")).to.containSubset({ kind: "updated" });
    expect(effectOf("inPlace")).to.have.property("properties").with.members(["timeouts", "onDelete"]);
    expect(effectOf("gone")).to.deep.equal({ kind: "deleted", assets: { names: ["a.csv"], fate: "kept" } });
    expect(effectOf("goneWithAssets")).to.containSubset({ kind: "deleted", assets: { fate: "deleted" } });
  });

  it("warns that a revision is finalized, in this run or already", () => {
    expect(warningsOf(created, "last")).to.deep.equal([{ kind: "revision-finalized", name: "published" }]);
    expect(warningKinds(changed, "last")).to.contain("revision-already-finalized");
  });

  it("resumes or cancels a job that was left, and warns if it is replaced", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    const program =
      (keys: string[], run: string): PulumiFn =>
      () => {
        new Job("left", importArgs(place, keys, { timeouts: { run } }));
        return Promise.resolve();
      };
    await stack.clearState();
    const release = service.local.pauseJobs();
    await stack.up(program(["b.csv"], "1s"));
    const review = async (next: PulumiFn) => reviewPreview(await previewAsJson(stack, next));
    const replaced = await review(program(["b.csv", "c.csv"], "1s"));
    const resumed = await review(program(["b.csv"], "5m"));
    const cancelled = await review(() => Promise.resolve());
    release();
    expect(resumed.headline).to.equal("1 job is resumed");
    expect(reasonKinds(resumed)).to.deep.equal(["unfinished"]);
    expect(warningKinds(replaced)).to.deep.equal(["duplicate-assets running-job"]);
    expect(cancelled.headline).to.equal("1 job is cancelled");
    expect(cancelled.review.idle[0]!.effect).to.deep.equal({
      ...{ kind: "cancelled", state: "IN_PROGRESS", deletesAssets: false },
    });
  });
});
