import { expect } from "chai";

import { unknownValue as unknown } from "../../lib/pulumi-values";
import { parsePreview } from "../../review/parse-preview";
import { toJson, toMarkdown, toText } from "../../review/render";
import { reviewOf } from "../../review/review";
import { headlineOf } from "../../review/summary";
import { deletion, kindsOf } from "../harness/review-result";
import { effectsOf, itemsChanged, objects, reasonsOf, rowOf, rowsByName } from "./expected";
import { at, created, previewOf, replaced, reviewed, step, urnOf } from "./previews";
import { importsOf, ranSet, setStep, setToken, updatedSet, uploadsOf } from "./set-previews";

const settings = { onDelete: "deleteAssets" };
const revision = "aws:dataexchange/revision:Revision";
const range = <T>(length: number, of: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => of(index));

describe("review of a large job set", () => {
  const filled = (count: number, from = 0) =>
    Object.fromEntries(range(count, (index) => [`${index + from}.csv`, "1"]));
  /** As many jobs, with ten objects each. */
  const jobsOf = (count: number, change: (objects: Record<string, string>, job: number) => void = () => {}) =>
    importsOf(
      Object.fromEntries(
        range(count, (job) => {
          const objects = filled(10, job * 10);
          change(objects, job);
          return [String(job + 1), objects];
        }),
      ),
    );

  it("has one row with the changes of 100 jobs", () => {
    const changed = jobsOf(100, (objects, job) => {
      objects[`${job * 10}.csv`] = "2";
      if (job < 3) objects[`new-${job}.csv`] = "1";
      if (job === 7) delete objects["71.csv"];
    });
    const review = updatedSet(changed, ranSet(jobsOf(100), { settings }), settings);
    expect(headlineOf(review)).to.equal("100 jobs run again");
    expect(Object.keys(rowsByName(review))).to.deep.equal(["prices (100)"]);
    const row = rowOf(review, "prices (100)");
    const [items, content] = reasonsOf(row) as [object, { names: string[] }];
    const added = objects("new-0.csv", "new-1.csv", "new-2.csv");
    expect(items).to.deep.equal(itemsChanged({ added, removed: objects("71.csv") }));
    expect(content).to.deep.include({ kind: "content-changed" }).and.property("names").with.length(100);
    expect(row.warnings).to.have.nested.property("[0].assets").with.length(1000);
    expect(review.queues).to.containSubset([{ jobs: 100, waves: 10 }]);
    expect(toMarkdown(review)).to.contain("- **`prices`** (100 jobs) imports");
    expect(toText(review)).to.contain("\nprices (100 jobs) imports 1,002 objects of source");
    expect((JSON.parse(toJson(review)) as { jobs: object[] }).jobs).to.have.length(100);
  });

  it("counts all jobs that a cut comment omits", () => {
    const review = reviewed([setStep("create", "prices", jobsOf(100))]);
    expect(toMarkdown(review, 300)).to.contain("100 more jobs: not shown here");
  });

  it("has the reason items-redistributed if items only move between jobs", () => {
    const moved = range(10, (job) => [String(job + 1), filled(10, ((job + 1) % 10) * 10)] as const);
    const review = updatedSet(importsOf(Object.fromEntries(moved)), ranSet(jobsOf(10)));
    expect(reasonsOf(rowOf(review, "prices (10)"))).to.deep.equal([
      { kind: "items-redistributed", property: "details" },
    ]);
  });

  it("has several rows if jobs have different actions or states", () => {
    const errors = [{ code: "ACCESS_DENIED_EXCEPTION", message: "denied" }];
    const failed = Object.fromEntries(range(6, (job) => [String(job + 1), errors]));
    const declared = jobsOf(30, (objects, job) => void (job >= 14 && (objects[`more-${job}.csv`] = "1")));
    for (const gone of ["7", "8"]) delete declared[gone];
    const review = updatedSet(declared, ranSet(jobsOf(20), { failed }));
    const rows = review.rows.running.map(({ jobs, action, reasons }) => [jobs, action, reasons[0]!.kind]);
    expect(rows).to.have.deep.members([
      [6, "rerun", "failed"],
      [6, "rerun", "items-changed"],
      [10, "new", "new"],
    ]);
    expect(headlineOf(review)).to.equal("10 new jobs will run, 12 run again, 2 are deleted, 6 stay");
    expect(effectsOf(review)).to.have.length(2);
  });

  it("names the changed files of uploads", () => {
    const files = filled(20);
    const names = Object.keys(files).slice(0, 8);
    const other = Object.fromEntries(names.map((name) => [name, "2"]));
    const ran = ranSet(uploadsOf(files), { settings });
    const changed = updatedSet(uploadsOf({ ...files, ...other }), ran, settings);
    expect(headlineOf(changed)).to.equal("8 jobs run again, 12 stay");
    const row = rowOf(changed, "prices (8)");
    expect(reasonsOf(row)).to.deep.equal([{ kind: "upload-changed", property: "upload", files: names }]);
    expect(row.warnings).to.deep.equal([deletion("last-run", names)]);
    const gone = reviewed([setStep("delete", "files", undefined, ran)]);
    expect(gone.rows.idle.map(({ urn, jobs }) => [urn.name, jobs])).to.deep.equal([["files", 20]]);
  });

  it("reports changed content, a replaced revision and its finalization together", () => {
    const changed = jobsOf(10, (objects, job) => void (job === 0 && (objects["0.csv"] = "2")));
    const jobs = JSON.parse(JSON.stringify(changed).replaceAll(at.revisionId, unknown)) as object;
    const retain = { settings: { onDelete: "retain" } };
    const propertyDependencies = { jobs: [urnOf("november", revision)] };
    const review = reviewed([
      setStep("update", "prices", jobs, ranSet(jobsOf(10), retain), { ...retain, propertyDependencies }),
      step("replace", {
        name: "november",
        type: revision,
        inputs: {},
        old: { outputs: { id: at.revisionId } },
      }),
      step("replace", {
        name: "november",
        type: "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization",
        inputs: { revisionId: unknown, finalized: true },
        old: { outputs: { finalized: true } },
        dependencies: [urnOf("prices", setToken)],
      }),
    ]);
    expect(review.running).to.have.length(10);
    const rows = Object.values(rowsByName(review));
    const reasons = rows.flatMap((row) => kindsOf(row.reasons));
    expect(reasons).to.include.members(["not-known-yet", "content-changed"]);
    const warnings = new Set(rows.flatMap((row) => kindsOf(row.warnings)));
    expect([...warnings]).to.have.members(["container-replaced", "revision-finalized"]);
  });
});

/** A preview of jobs in one revision, each with forty sources of which one changed. */
function preview(jobs: number): string {
  const keys = range(40, (index) => `2026/11/${index}.csv`);
  const november = step("same", {
    name: "november",
    type: revision,
    inputs: { dataSetId: at.dataSetId },
    old: { outputs: { id: `${at.dataSetId}:${at.revisionId}`, revisionId: at.revisionId } },
    dependencies: [urnOf("prices", "aws:dataexchange/dataSet:DataSet")],
  });
  const changed = [...keys.slice(1), "new.csv"];
  const job = (index: number) =>
    index % 2 === 0 ? replaced(`job-${index}`, keys, changed) : created(`job-${index}`, keys);
  return previewOf([november, ...range(jobs, job)]);
}

/** Milliseconds of CPU in the best of three runs. */
function cost(json: string): number {
  const runs = range(3, () => {
    const before = process.cpuUsage();
    const review = reviewOf(parsePreview(json));
    for (const print of [toMarkdown, toText, toJson]) print(review);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("reviewOf", function () {
  this.timeout("1m");

  it("takes at most 30 times as much CPU for 1,000 jobs as for 100", () => {
    cost(preview(100));
    const [hundred, thousand] = [cost(preview(100)), cost(preview(1000))];
    console.log(`      100 jobs: ${hundred.toFixed()} ms, 1,000 jobs: ${thousand.toFixed()} ms of CPU`);
    expect(thousand / Math.max(hundred, 1)).to.be.below(30);
  });
});
