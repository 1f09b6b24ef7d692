/** Reviews of changes: the real engine runs a program with the jobs before the changes, and previews one with those after. */
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job } from "../../../index";
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
import { expectSuccess, useStack } from "../../harness/stack";
import type { Place } from "./changes";
import { prepareChanges, programOf } from "./changes";

describe("review: changes of jobs on the engine", function () {
  this.timeout("10m");
  const shared = useStack();
  const places: Record<string, Place> = {};
  let created: ReviewResult, changed: ReviewResult;

  const at = (name: string): Place => places[name]!;

  before(async () => {
    const { stack, service } = shared;
    const keys = ["a.csv", "b.csv", "c.csv", "planted-1.csv", "planted-2.csv"];
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    await service.createBucket("target");
    const all = await prepareChanges(service, places);
    created = reviewPreview(await previewAsJson(stack, programOf(all, places, "before")));
    expectSuccess(await stack.up(programOf(all, places, "before")));
    await taint(stack, await urnOf(stack, "tainted"));
    const replace = [await urnOf(stack, "forced")];
    changed = reviewPreview(await previewAsJson(stack, programOf(all, places, "after"), { replace }));
    // Importing into the finalized revision fails, as the review warns.
    expect((await stack.up(programOf(all, places, "after"), { continueOnError: true })).error).to.be.an(
      "error",
    );
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
    ["exchanged", ["items-changed"], [twice, "remaining-assets last-run"]],
    ["deleting", ["items-changed"], ["deleted-assets last-run"]],
    ["late", ["items-changed"], [twice, "remaining-assets last-run"]],
    ["triggers", ["triggers-changed"], [twice]],
    ["tags", ["tags-changed"], [twice]],
    ["forced", ["replacement-requested"], [twice]],
    ["tainted", ["tainted"], [twice]],
    ["revisions", ["triggers-changed"], ["overwritten-objects"]],
    ["secret", ["secret-changed"], [twice]],
    ["hidden", ["secret-changed"], [twice]],
    ["open", ["not-known-yet"], [twice]],
    ["second", ["not-known-yet"], [twice]],
    ["renamedLater", ["new"], ["duplicate-assets left-by-deleted"]],
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
    expect(reasonsOf(changed, "triggers")).to.containSubset([
      {
        changes: [
          { trigger: "etag", from: "one", to: "two" },
          { trigger: "day", to: "monday" },
        ],
      },
    ]);
    expect(warningsOf(changed, "renamedLater")).to.containSubset([
      { assets: ["a.csv", "b.csv"], jobs: ["renamed"], mayBeRenamed: true },
    ]);
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
