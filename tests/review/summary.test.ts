import { expect } from "chai";

import { unknownValue as unknown } from "../../lib/pulumi-values";
import { describeQueue, headlineOf, othersLine } from "../../review/summary";
import { toPlainText } from "../../review/rich-text";
import { created, deleted, importOf, imported, replaced, reviewed, same, step, urnOf } from "./previews";

const bucket = (op: string, name: string) => step(op, { name, type: "aws:s3/bucket:Bucket", inputs: {} });
const updated = (inputs: object, state: string) =>
  step("update", { name: "updated", inputs: { ...importOf([]), ...inputs }, old: imported([], { state }) });
const left = updated({}, "IN_PROGRESS");
const updatedInPlace = updated({ onDelete: "deleteAssets" }, "COMPLETED");
const cancelled = deleted("cancelled", [], { state: "WAITING" });
const calm = Array.from({ length: 14 }, (_, index) => same(`same-${index}`));

describe("summary of a review", () => {
  const cases: [string, object[]][] = [
    ["no Data Exchange jobs are affected", []],
    ["no Data Exchange jobs are affected, 1 stays", [same("a")]],
    ["no Data Exchange jobs are affected", [bucket("create", "b")]],
    ["1 new job will run", [created("a")]],
    ["2 new jobs will run", [created("a"), created("b")]],
    ["1 job runs again", [replaced("a", ["a"], ["b"])]],
    ["2 jobs run again", [replaced("a", ["a"], ["b"]), replaced("b", ["a"], ["b"])]],
    ["1 job may run again", [replaced("a", ["a"], [unknown])]],
    [
      "2 new jobs will run, 1 runs again, 14 stay",
      [created("a"), created("b"), replaced("c", ["a"], ["b"]), ...calm],
    ],
    ["1 job is resumed", [left]],
    ["1 job is deleted, 1 is cancelled, 1 is updated in place", [deleted("a"), cancelled, updatedInPlace]],
    ["2 jobs are deleted", [deleted("a"), deleted("b")]],
    ["1,000 new jobs will run", Array.from({ length: 1000 }, (_, index) => created(`job-${index}`))],
  ];
  for (const [headline, steps] of cases) {
    it(`has the headline "${headline}"`, () => expect(headlineOf(reviewed(steps))).to.equal(headline));
  }

  it("does not count unaffected jobs if the preview does not show them", () => {
    const review = reviewed([created("a")], { changeSummary: { create: 1, same: 5 } });
    expect(headlineOf(review)).to.equal("1 new job will run, 5 other resources stay");
    expect(othersLine(review)).to.equal("Other resources: 5 unchanged, jobs included.");
    const none = reviewed([], { changeSummary: { same: 5 } });
    expect(headlineOf(none)).to.equal("no Data Exchange jobs are affected");
  });

  it("reports a failed preview, and the jobs before the failure", () => {
    const diagnostics = [{ severity: "error", message: "error: no region" }];
    expect(headlineOf(reviewed([], { diagnostics }))).to.equal("the preview failed before the first job");
    expect(headlineOf(reviewed([created("a"), same("b")], { diagnostics }))).to.equal(
      "the preview failed; up to the failure, 1 new job will run",
    );
    const warnings = [
      { severity: "warning", message: "old" },
      { severity: "info", message: "hello" },
    ];
    expect(headlineOf(reviewed([created("a")], { diagnostics: warnings }))).to.equal("1 new job will run");
  });

  it("counts components whose jobs the preview does not know", () => {
    const note = (name: string, type = "dataexchange:index:RevisionExport") => ({
      severity: "info",
      urn: urnOf(name, type),
      message: "The revisions are not known yet.\n",
    });
    const of = (steps: object[], ...diagnostics: object[]) => headlineOf(reviewed(steps, { diagnostics }));
    expect(of([], note("a"))).to.equal(
      "no Data Exchange jobs are affected so far, 1 component decides more later",
    );
    expect(of([created("a")], note("a"), note("b"), note("a"))).to.equal(
      "1 new job will run, 2 components decide more later",
    );
    expect(of([created("a")], note("a", "market:index:Feed"))).to.equal("1 new job will run");
  });

  it("counts the other resources by operation, without the stack itself", () => {
    const stack = step("create", { name: "market-prod", type: "pulumi:pulumi:Stack", inputs: {} });
    const buckets = [bucket("create", "a"), bucket("create", "b"), bucket("delete", "c")];
    const review = reviewed([stack, ...buckets, same("d")]);
    expect(othersLine(review)).to.equal("Other resources: 2 created, 1 deleted.");
    expect(othersLine(reviewed([stack, created("a")]))).to.equal(undefined);
  });
});

describe("queuesOf", () => {
  const jobs = (number: number, region: string) =>
    Array.from({ length: number }, (_, index) =>
      step("create", { name: `${region}-${index}`, inputs: { ...importOf(["a"]), region } }),
    );
  const type = "IMPORT_ASSETS_FROM_S3";
  const queuesOf = (steps: object[], quota?: unknown) =>
    reviewed(steps, { config: { "dataexchange:concurrentJobs": quota } }).queues;

  it("returns a queue for each region with more jobs of a type than the quota", () => {
    expect(queuesOf([...jobs(10, "us-east-1"), ...jobs(10, "eu-west-1")])).to.deep.equal([]);
    const ofTwoRegions = queuesOf([...jobs(11, "us-east-1"), ...jobs(1, "eu-west-1")]);
    expect(ofTwoRegions.map((queue) => toPlainText(describeQueue(queue)))).to.deep.equal([
      `11 jobs of type ${type} in us-east-1: 10 may be in progress at once, so they run in 2 waves`,
    ]);
    expect(queuesOf(jobs(25, "us-east-1"))).to.containSubset([{ type, jobs: 25, quota: 10, waves: 3 }]);
  });

  it("uses a raised quota, and ignores an invalid one", () => {
    expect(queuesOf(jobs(25, "us-east-1"), JSON.stringify({ [type]: 25 }))).to.deep.equal([]);
    for (const quota of ["[secret]", "{", "{}", JSON.stringify({ [type]: "many" })])
      expect(queuesOf(jobs(25, "us-east-1"), quota), quota).to.containSubset([{ waves: 3 }]);
  });
});
