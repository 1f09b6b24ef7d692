/** Reviews of changes: the real engine runs the program before the changes, and previews the program after them. */
import { ComponentResource, rootStackResource, secret } from "@pulumi/pulumi";
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import { toPlainText } from "../../../review/rich-text";
import { forEachHost } from "../../harness/hosts";
import { importArgs } from "../../harness/programs";
import type { ReviewResult } from "../../harness/review-result";
import { reviewProgram } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import type { TestStack } from "../../harness/stack";
import { expectSuccess } from "../../harness/stack";

const [a, b, c] = ["a.csv", "b.csv", "c.csv"] as const;
const deleteAssets = { onDelete: "deleteAssets" } as const;
const etag = (value: string, ...more: object[]) => ({ triggers: [{ etag: value }, "fixed", ...more] });
const assetConfiguration = { tags: [{ key: "team", value: "risk" }] };

const secretImport = (at: RevisionIds, key: string): JobArgs =>
  importArgs(at, [secret(key) as never], { triggers: [secret("planted")] });
const hiddenImport = (at: RevisionIds, key: string): JobArgs =>
  ({ ...importArgs(at, [key]), details: secret(importArgs(at, [key]).details) }) as JobArgs;
const exportArgs = ({ dataSetId, revisionId }: RevisionIds, day: string): JobArgs => {
  const destination = { revisionId, bucket: "target", keyPattern: "all/${Asset.Name}" };
  const details = { exportRevisionsToS3: { dataSetId, revisionDestinations: [destination] } };
  return { type: "EXPORT_REVISIONS_TO_S3", details, triggers: [{ day }] };
};

/** The arguments before and after a change, by the name of the job. Each job has a revision. */
const changes: Record<string, (at: RevisionIds) => readonly [before?: JobArgs, after?: JobArgs]> = {
  exchanged: (at) => [importArgs(at, [a, b]), importArgs(at, [b, c])],
  ordered: (at) => [importArgs(at, [a, b]), importArgs(at, [b, a])],
  deleting: (at) => [importArgs(at, [a, b], deleteAssets), importArgs(at, [b], deleteAssets)],
  late: (at) => [importArgs(at, [a, b]), importArgs(at, [b], deleteAssets)],
  triggers: (at) => [importArgs(at, [a], etag("one")), importArgs(at, [a], etag("two", { day: "monday" }))],
  tags: (at) => [importArgs(at, [a]), importArgs(at, [a], { assetConfiguration })],
  inPlace: (at) => [importArgs(at, [a]), importArgs(at, [a], { timeouts: { run: "1h" }, ...deleteAssets })],
  forced: (at) => [importArgs(at, [a]), importArgs(at, [a])],
  tainted: (at) => [importArgs(at, [a]), importArgs(at, [a])],
  secret: (at) => [secretImport(at, "planted-1.csv"), secretImport(at, "planted-2.csv")],
  hidden: (at) => [hiddenImport(at, a), hiddenImport(at, b)],
  renamed: (at) => [importArgs(at, [a, b])],
  gone: (at) => [importArgs(at, [a])],
  goneWithAssets: (at) => [importArgs(at, [a], deleteAssets)],
  exported: (at) => [exportArgs(at, "monday"), exportArgs(at, "tuesday")],
};

type Revisions = Readonly<Record<string, RevisionIds>>;
const others = ["first", "open", "aliased", "moved", "finalized"];

/** The program before or after the changes. */
const programOf =
  (at: Revisions, isAfter: boolean): PulumiFn =>
  () => {
    for (const [name, change] of Object.entries(changes)) {
      const args = change(at[name]!)[isAfter ? 1 : 0];
      if (args) new Job(name, args);
    }
    if (isAfter) new Job("renamedLater", importArgs(at.renamed!, [a, b]));
    const first = new Job("first", importArgs(at.first!, [a], etag(isAfter ? "two" : "one")));
    new Job("second", importArgs(at.first!, [first.id.apply(() => b) as never]));
    const details = first.id.apply(() => importArgs(at.open!, [a]).details);
    new Job("open", { type: "IMPORT_ASSETS_FROM_S3", details } as JobArgs);
    const aliased = { aliases: [{ name: "aliased" }] };
    new Job(isAfter ? "aliasedLater" : "aliased", importArgs(at.aliased!, [a]), aliased);
    const parent = isAfter ? new ComponentResource("market:index:Feed", "europe") : undefined;
    new Job("moved", importArgs(at.moved!, [a]), { parent, aliases: [{ parent: rootStackResource }] });
    const last = new Job("last", importArgs(at.finalized!, [isAfter ? b : a]));
    new RevisionFinalization("published", { ...at.finalized!, jobs: [last.id] });
    return Promise.resolve();
  };

forEachHost("review of changed jobs on the engine", function (host) {
  this.timeout("10m");
  const shared = host.useStack();
  const at: Record<string, RevisionIds> = {};
  let created: ReviewResult, changed: ReviewResult;

  before(async () => {
    const { stack, service } = shared;
    const keys = [a, b, c, "planted-1.csv", "planted-2.csv"];
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    await service.createBucket("target");
    for (const name of [...Object.keys(changes), ...others]) at[name] = await service.createEmptyRevision();
    created = await reviewProgram(stack, programOf(at, false));
    expectSuccess(await stack.up(programOf(at, false)));
    await taint(stack, await urnOf(stack, "tainted"));
    changed = await reviewProgram(stack, programOf(at, true), { replace: [await urnOf(stack, "forced")] });
    // Importing into the finalized revision fails, as the review warns.
    const { error } = await stack.up(programOf(at, true), { continueOnError: true });
    expect(error).to.be.an("error");
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
  const cases: [name: string, reason: string, ...warnings: string[]][] = [
    ["exchanged", "items-changed", twice, "remaining-assets last-run"],
    ["deleting", "items-changed", "deleted-assets last-run"],
    ["late", "items-changed", twice, "remaining-assets last-run"],
    ["triggers", "triggers-changed", twice],
    ["tags", "tags-changed", twice],
    ["forced", "replacement-requested", twice],
    ["tainted", "tainted", twice],
    ["exported", "triggers-changed", "overwritten-objects"],
    ["secret", "secret-changed", twice],
    ["hidden", "secret-changed", twice],
    ["open", "not-known-yet", twice],
    ["second", "not-known-yet", twice],
    ["renamedLater", "new", "duplicate-assets left-by-deleted"],
  ];
  for (const [name, reason, ...warnings] of cases) {
    it(`has the reason and the warnings of the change "${name}"`, () => {
      expect(changed.reasonKinds(name)).to.deep.equal([reason]);
      expect(changed.warningKinds(name)).to.deep.equal(warnings);
    });
  }

  it("omits a reordered job and jobs with an alias", () => {
    const names = [...changed.review.running, ...changed.review.idle].map(({ urn }) => urn.name);
    expect(names).not.to.include.oneOf(["ordered", "aliased", "aliasedLater", "moved"]);
  });

  it("names the changed objects and triggers, and the duplicate assets", () => {
    const items = { added: ["s3://source/c.csv"], removed: ["s3://source/a.csv"] };
    expect(changed.reasons("exchanged")).to.containSubset([items]);
    const [duplicates, remaining] = [{ assets: [b], remedy: "set-on-delete-first" }, { assets: [a] }];
    expect(changed.warnings("exchanged")).to.containSubset([duplicates, remaining]);
    const etags = { trigger: "etag", from: "one", to: "two" };
    const day = { trigger: "day", to: "monday" };
    expect(changed.reasons("triggers")).to.containSubset([{ changes: [etags, day] }]);
    const renamed = { assets: [a, b], jobs: ["renamed"], mayBeRenamed: true };
    expect(changed.warnings("renamedLater")).to.containSubset([renamed]);
  });

  it("predicts which assets `pulumi up` deletes because of deleteAssets", async () => {
    expect(changed.warnings("late")).to.containSubset([{ remedy: "apply-on-delete-first" }]);
    expect(changed.warnings("deleting")).to.containSubset([{ isAfterSet: false }]);
    expect(await shared.service.listAssetNames(at.deleting!)).to.deep.equal([b]);
    expect(await shared.service.listAssetNames(at.late!)).to.deep.equal([a, b, b]);
  });

  it("shows neither secrets nor members of hidden details", () => {
    expect(created.printed + changed.printed).not.to.contain("planted");
    expect(created.reasonKinds("secret")).to.deep.equal(["new"]);
    for (const [name, why] of [
      ["hidden", "secret"],
      ["open", "not known yet"],
    ] as const) {
      expect(toPlainText(changed.job(name).summary))
        .to.match(/^imports objects /)
        .and.contain(`(details ${why})`);
      expect(changed.warnings(name)[0]).to.not.have.any.keys("revision", "assets");
    }
  });

  it("names the job that an unknown value depends on", () => {
    const until = (op: string) => ({ kind: "not-known-yet", until: [{ urn: { name: "first" }, op }] });
    expect(created.reasons("second")[1]).to.containSubset(until("create"));
    for (const name of ["second", "open"]) {
      expect(changed.job(name).action).to.equal("possibleRerun");
      expect(changed.reasons(name)[0]).to.containSubset(until("replace"));
    }
  });

  it("has the effects on jobs that do not run", () => {
    expect(changed.effect("inPlace")).to.containSubset({ kind: "updated" });
    expect(changed.effect("inPlace")).to.have.property("properties").with.members(["timeouts", "onDelete"]);
    const kept = { names: [a], outcome: "kept" };
    expect(changed.effect("gone")).to.deep.equal({ kind: "deleted", assets: kept });
    expect(changed.effect("goneWithAssets")).to.containSubset({
      kind: "deleted",
      assets: { outcome: "deleted" },
    });
  });

  it("warns that a revision is finalized, in this run or already", () => {
    expect(created.warnings("last")).to.deep.equal([{ kind: "revision-finalized", name: "published" }]);
    expect(changed.warningKinds("last")).to.contain("revision-already-finalized");
  });

  it("shows an interrupted job as resumed or cancelled, and warns if it is replaced", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    const program = (keys: string[], run: string) => (): Promise<void> => {
      new Job("left", importArgs(revision, keys, { timeouts: { run } }));
      return Promise.resolve();
    };
    await stack.clearState();
    const release = service.local.pauseJobs();
    await stack.up(program([b], "1s"));
    const replaced = await reviewProgram(stack, program([b, c], "1s"));
    const resumed = await reviewProgram(stack, program([b], "5m"));
    const cancelled = await reviewProgram(stack, () => Promise.resolve());
    release();
    expect(resumed.headline).to.equal("1 job is resumed");
    expect(resumed.reasonKinds()).to.deep.equal(["unfinished"]);
    expect(replaced.warningKinds()).to.deep.equal(["duplicate-assets running-job"]);
    expect(cancelled.headline).to.equal("1 job is cancelled");
    const effect = { kind: "cancelled", state: "IN_PROGRESS", deletesAssets: false };
    expect(cancelled.effect("left")).to.deep.equal(effect);
  });
});
