import { expect } from "chai";

import { headlineOf } from "../../review/summary";
import { toJson, toMarkdown, toText } from "../../review/index";
import { sentence } from "../../review/rich-text";
import { at, reviewed, step, unknown, urnOf } from "./previews";
import { importsOf, ranSet, rowsOf, setStep, setToken, stillOf, uploadsOf } from "./sets";

const does = (objects: string) =>
  `imports ${objects} of source into revision rrrrrrrr… of data set dddddddd…`;
const deletes = (assets: string) =>
  `${assets} deleted once all jobs of the set have completed, unless the revision is finalized`;
const settings = { onDelete: "deleteAssets" };
const filled = (count: number, from = 0, content = "1") =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + from}.csv`, content]));
/** As many jobs as that, of ten objects each. */
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

describe("review: many jobs of a set", () => {
  it("is one row, with what is new, changed and gone in all of them", () => {
    const review = reviewed([
      setStep(
        "update",
        "prices",
        jobsOf(100, (objects, job) => {
          objects[`${job * 10}.csv`] = "2";
          if (job < 3) objects[`new-${job}.csv`] = "1";
          if (job === 7) delete objects["71.csv"];
        }),
        ranSet(jobsOf(100), { settings }),
        { settings },
      ),
    ]);
    const rows = rowsOf(review);
    expect(headlineOf(review)).to.equal("100 jobs run again");
    expect(Object.keys(rows)).to.deep.equal(["prices (100)"]);
    const [action, what, items, content, caution] = rows["prices (100)"]!;
    expect([action, what]).to.deep.equal(["rerun", does("1,002 objects")]);
    expect(items).to.equal(
      "3 objects added: s3://source/new-0.csv, s3://source/new-1.csv, s3://source/new-2.csv; " +
        "1 object removed: s3://source/71.csv",
    );
    expect(content).to.match(/^100 objects have changed: s3:\/\/source\/0\.csv, .* and 90 more$/);
    expect(caution).to.equal(deletes("1,000 assets of its last run are"));
    expect(review.running).to.have.length(100);
    expect(review.queues.map(({ jobs, waves }) => [jobs, waves])).to.deep.equal([[100, 10]]);
    expect(toMarkdown(review)).to.contain("- **`prices`** (100 jobs) imports");
    expect(toText(review)).to.contain("\nprices (100 jobs) imports 1,002 objects of source");
    expect((JSON.parse(toJson(review)) as { jobs: object[] }).jobs).to.have.length(100);
  });

  it("counts them all where a comment is cut", () => {
    const review = reviewed([setStep("create", "prices", jobsOf(100))]);
    expect(toMarkdown(review, 300)).to.contain("100 more jobs: not shown here");
  });

  it("whose objects only move says that they do", () => {
    const moved = Object.fromEntries(
      Array.from({ length: 10 }, (_, job) => [String(job + 1), filled(10, ((job + 1) % 10) * 10)]),
    );
    const review = reviewed([setStep("update", "prices", importsOf(moved), ranSet(jobsOf(10)))]);
    expect(rowsOf(review)["prices (10)"]?.slice(2, 3)).to.deep.equal([
      "what these jobs work on is shared out among them in another way",
    ]);
  });

  it("tells those apart that have other things in store", () => {
    const errors = [{ code: "ACCESS_DENIED_EXCEPTION", message: "denied" }];
    const failed = Object.fromEntries(Array.from({ length: 6 }, (_, job) => [String(job + 1), errors]));
    const declared = jobsOf(30, (objects, job) => void (job >= 14 && (objects[`more-${job}.csv`] = "1")));
    for (const gone of ["7", "8"]) delete declared[gone];
    const review = reviewed([setStep("update", "prices", declared, ranSet(jobsOf(20), { failed }))]);
    const rows = review.rows.running.map(({ jobs, action, reasons: [first] }) => [
      jobs,
      action,
      sentence(first!.phrase),
    ]);
    const added = Array.from({ length: 6 }, (_, job) => `s3://source/more-${job + 14}.csv`).join(", ");
    expect(rows).to.have.deep.members([
      [6, "rerun", "its last run ended in ERROR: ACCESS_DENIED_EXCEPTION: denied"],
      [6, "rerun", `6 objects added: ${added}`],
      [10, "new", "these jobs are new"],
    ]);
    expect(headlineOf(review)).to.equal("10 new jobs will run, 12 run again, 2 are deleted, 6 stay");
    expect(stillOf(review)).to.have.length(2);
  });

  it("names the files of uploads", () => {
    const files = (content: string) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}.csv`, content]));
    const created = reviewed([setStep("create", "files", uploadsOf(files("1")))]);
    expect(rowsOf(created)["files (20)"]?.slice(1)).to.deep.equal([
      "imports uploaded files as assets 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv and 10 more into revision rrrrrrrr… of data set dddddddd…",
      "these jobs are new",
    ]);
    const changed = reviewed([
      setStep(
        "update",
        "files",
        uploadsOf({ ...files("1"), ...Object.fromEntries(Object.entries(files("2")).slice(0, 8)) }),
        ranSet(uploadsOf(files("1")), { settings }),
        { settings },
      ),
    ]);
    expect(headlineOf(changed)).to.equal("8 jobs run again, 12 stay");
    expect(rowsOf(changed)["files (8)"]?.slice(2)).to.deep.equal([
      "the content of 8 uploads changed: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv",
      deletes("8 assets of its last run are"),
    ]);
    const gone = reviewed([setStep("delete", "files", undefined, ranSet(uploadsOf(files("1"))))]);
    expect(stillOf(gone)).to.deep.equal(["files (20) is deleted; 20 assets that it made stay"]);
  });

  it("says of a new revision what else is new, and what becomes of it", () => {
    const revision = "aws:dataexchange/revision:Revision";
    const finalization = "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization";
    const open = (jobs: object) =>
      JSON.parse(JSON.stringify(jobs).replaceAll(at.revisionId, unknown)) as Record<string, object>;
    const set = setStep(
      "update",
      "prices",
      open(jobsOf(10, (objects, job) => void (job === 0 && (objects["0.csv"] = "2")))),
      ranSet(jobsOf(10), { settings: { onDelete: "retain" } }),
      { settings: { onDelete: "retain" } },
    ) as { newState: object };
    const review = reviewed([
      {
        ...set,
        newState: { ...set.newState, propertyDependencies: { jobs: [urnOf("november", revision)] } },
      },
      step("replace", {
        name: "november",
        type: revision,
        inputs: {},
        old: { outputs: { id: at.revisionId } },
      }),
      step("replace", {
        name: "november",
        type: finalization,
        inputs: { revisionId: unknown, finalized: true },
        old: { outputs: { finalized: true } },
        dependencies: [urnOf("prices", setToken)],
      }),
    ]);
    const all = Object.values(rowsOf(review)).flat();
    expect(review.running).to.have.length(10);
    expect(all).to.contain("revisionId not known until revision november is replaced");
    expect(all).to.contain("object s3://source/0.csv has changed");
    expect(all.join("\n"))
      .to.match(/is finalized in this run/)
      .and.not.match(/twice/);
  });
});
