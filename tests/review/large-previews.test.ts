import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import { toJson, toMarkdown, toText } from "../../review/render";
import { reviewOf } from "../../review/review";
import { headlineOf } from "../../review/summary";
import {
  deletedAfterSet,
  effectsOf,
  objects,
  rowOf,
  at,
  created,
  importsOf,
  itemsChanged,
  kindsOf,
  previewOf,
  ranSet,
  reasonsOf,
  replaced,
  reviewed,
  rowsByName,
  setStep,
  setToken,
  step,
  unknown,
  uploadsOf,
  urnOf,
} from "./previews";

const settings = { onDelete: "deleteAssets" };

describe("review: rows of large sets", () => {
  const filled = (count: number, from = 0, content = "1") =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + from}.csv`, content]));
  /** As many jobs, with ten objects each. */
  const jobsOf = (count: number, change: (objects: Record<string, string>, job: number) => void = () => {}) =>
    importsOf(
      Object.fromEntries(
        Array.from({ length: count }, (_, job) => {
          const objects = filled(10, job * 10);
          change(objects, job);
          return [String(job + 1), objects];
        }),
      ),
    );

  it("are one row with the changes of all jobs", () => {
    const changed = jobsOf(100, (objects, job) => {
      objects[`${job * 10}.csv`] = "2";
      if (job < 3) objects[`new-${job}.csv`] = "1";
      if (job === 7) delete objects["71.csv"];
    });
    const review = reviewed([
      setStep("update", "prices", changed, ranSet(jobsOf(100), { settings }), { settings }),
    ]);
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

  it("count all jobs where a comment is cut", () => {
    const review = reviewed([setStep("create", "prices", jobsOf(100))]);
    expect(toMarkdown(review, 300)).to.contain("100 more jobs: not shown here");
  });

  it("have a reason of their own if items only move", () => {
    const moved = Array.from({ length: 10 }, (_, job) => [
      String(job + 1),
      filled(10, ((job + 1) % 10) * 10),
    ]);
    const jobs = importsOf(Object.fromEntries(moved) as Parameters<typeof importsOf>[0]);
    const review = reviewed([setStep("update", "prices", jobs, ranSet(jobsOf(10)))]);
    expect(reasonsOf(rowOf(review, "prices (10)"))).to.deep.equal([
      { kind: "items-redistributed", property: "details" },
    ]);
  });

  it("are several if their jobs have different actions or states", () => {
    const errors = [{ code: "ACCESS_DENIED_EXCEPTION", message: "denied" }];
    const failed = Object.fromEntries(Array.from({ length: 6 }, (_, job) => [String(job + 1), errors]));
    const declared = jobsOf(30, (objects, job) => void (job >= 14 && (objects[`more-${job}.csv`] = "1")));
    for (const gone of ["7", "8"]) delete declared[gone];
    const review = reviewed([setStep("update", "prices", declared, ranSet(jobsOf(20), { failed }))]);
    const rows = review.rows.running.map(({ jobs, action, reasons }) => [jobs, action, reasons[0]!.kind]);
    expect(rows).to.have.deep.members([
      [6, "rerun", "failed"],
      [6, "rerun", "items-changed"],
      [10, "new", "new"],
    ]);
    expect(headlineOf(review)).to.equal("10 new jobs will run, 12 run again, 2 are deleted, 6 stay");
    expect(effectsOf(review)).to.have.length(2);
  });

  it("name the files of uploads", () => {
    const files = (content: string) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}.csv`, content]));
    const ran = ranSet(uploadsOf(files("1")), { settings });
    const names = Object.keys(files("1")).slice(0, 8);
    const other = Object.fromEntries(names.map((name) => [name, "2"]));
    const changed = reviewed([
      setStep("update", "files", uploadsOf({ ...files("1"), ...other }), ran, { settings }),
    ]);
    expect(headlineOf(changed)).to.equal("8 jobs run again, 12 stay");
    const row = rowOf(changed, "files (8)");
    expect(reasonsOf(row)).to.deep.equal([{ kind: "upload-changed", property: "upload", files: names }]);
    expect(row.warnings).to.deep.equal([deletedAfterSet("last-run", names)]);
    const gone = reviewed([setStep("delete", "files", undefined, ranSet(uploadsOf(files("1"))))]);
    expect(gone.rows.idle.map(({ urn, jobs }) => [urn.name, jobs])).to.deep.equal([["files", 20]]);
  });

  it("report what else changes with a new revision, and its finalization", () => {
    const revision = "aws:dataexchange/revision:Revision";
    const changed = jobsOf(10, (objects, job) => void (job === 0 && (objects["0.csv"] = "2")));
    const jobs = JSON.parse(JSON.stringify(changed).replaceAll(at.revisionId, unknown)) as object;
    const retain = { settings: { onDelete: "retain" } };
    const set = setStep("update", "prices", jobs, ranSet(jobsOf(10), retain), retain) as { newState: object };
    const propertyDependencies = { jobs: [urnOf("november", revision)] };
    const review = reviewed([
      { ...set, newState: { ...set.newState, propertyDependencies } },
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
    expect(rows.flatMap(({ reasons }) => kindsOf(reasons))).to.include.members([
      "not-known-yet",
      "content-changed",
    ]);
    expect(new Set(rows.flatMap(({ warnings }) => kindsOf(warnings)))).to.deep.equal(
      new Set(["container-replaced", "revision-finalized"]),
    );
  });
});

/** A preview of jobs in one revision, each with forty sources of which one changed. */
function preview(jobs: number): string {
  const keys = Array.from({ length: 40 }, (_, index) => `2026/11/${index}.csv`);
  const type = "aws:dataexchange/revision:Revision";
  const revision = step("same", {
    name: "november",
    type,
    inputs: { dataSetId: at.dataSetId },
    old: { outputs: { id: `${at.dataSetId}:${at.revisionId}`, revisionId: at.revisionId } },
    dependencies: [urnOf("prices", "aws:dataexchange/dataSet:DataSet")],
  });
  return previewOf([
    revision,
    ...Array.from({ length: jobs }, (_, index) =>
      index % 2 === 0
        ? replaced(`job-${index}`, keys, [...keys.slice(1), "new.csv"])
        : created(`job-${index}`, keys),
    ),
  ]);
}

/** Milliseconds of CPU in the best of three runs. */
function cost(json: string): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    const review = reviewOf(parsePreview(json));
    for (const print of [toMarkdown, toText, toJson]) print(review);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("review: a preview with many jobs", function () {
  this.timeout("1m");

  it("costs at most 30 times as much with 1,000 jobs as with 100", () => {
    cost(preview(100));
    const [hundred, thousand] = [cost(preview(100)), cost(preview(1000))];
    console.log(`      100 jobs: ${hundred.toFixed()} ms, 1,000 jobs: ${thousand.toFixed()} ms of CPU`);
    expect(thousand / Math.max(hundred, 1)).to.be.below(30);
  });
});
