import { expect } from "chai";

import { headlineOf } from "../../review/headline";
import { toJson, toMarkdown, toText } from "../../review/index";
import { sentence } from "../../review/phrase";
import { at, reviewed, secret, step, unknown, urnOf } from "./previews";
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

describe("review: a set of jobs", () => {
  const before = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1" } });
  const old = ranSet(before, { settings });
  const updated = (jobs: unknown, from: object = old) =>
    reviewed([setStep("update", "prices", jobs, from, { settings })]);

  it("that is new is told of by its jobs", () => {
    const review = reviewed([setStep("create", "prices", before)]);
    expect(headlineOf(review)).to.equal("2 new jobs will run");
    expect(rowsOf(review)).to.deep.equal({
      "prices[1]": ["new", does("2 objects"), "it is new"],
      "prices[2]": ["new", does("1 object"), "it is new"],
    });
    const [first] = (JSON.parse(toJson(review)) as { jobs: object[] }).jobs;
    const urn = urnOf("prices", setToken);
    expect(first).to.deep.include({
      urn: `${urn}#1`,
      name: "prices[1]",
      set: { urn, name: "prices", job: "1" },
    });
    expect(review.others).to.deep.equal({});
  });

  it("that has an object more, another and one less runs the jobs of these and no others", () => {
    const more = updated(importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1", "d.csv": "1" } }));
    expect(headlineOf(more)).to.equal("1 job runs again, 1 stays");
    expect(rowsOf(more)).to.deep.equal({
      "prices[2]": [
        "rerun",
        does("2 objects"),
        "1 object added: s3://source/d.csv",
        deletes("1 asset of its last run is"),
      ],
    });
    const other = updated(importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" } }));
    expect(rowsOf(other)["prices[1]"]).to.deep.equal([
      "rerun",
      does("2 objects"),
      "object s3://source/a.csv has changed",
      deletes("2 assets of its last run are"),
    ]);
    const less = updated(importsOf({ 1: { "a.csv": "1" } }));
    expect(headlineOf(less)).to.equal("1 job runs again, 1 is deleted");
    expect(rowsOf(less)["prices[1]"]?.[2]).to.equal("1 object removed: s3://source/b.csv");
    expect(stillOf(less)).to.deep.equal([
      "prices[2] is deleted, and with it 1 asset that it made, unless their revision is finalized",
    ]);
  });

  it("says of what one job leaves to another that it does, and not that it is new or gone", () => {
    const review = updated(
      importsOf({ 1: { "a.csv": "1" }, 2: { "c.csv": "1", "b.csv": "1", "d.csv": "1" } }),
    );
    expect(rowsOf(review)["prices[1]"]?.[2]).to.equal("1 object left to other jobs of the set");
    expect(rowsOf(review)["prices[2]"]?.[2]).to.equal(
      "1 object added: s3://source/d.csv; 1 object taken over from other jobs of the set",
    );
  });

  it("says what is twice in the revision where nothing deletes what the last run made", () => {
    const kept = ranSet(before);
    const jobs = importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" }, 3: { "c.csv": "1" } });
    const review = reviewed([setStep("update", "prices", jobs, kept)]);
    expect(rowsOf(review)["prices[1]"]?.[3]).to.match(
      /2 assets will be in it twice: a\.csv, b\.csv; onDelete/,
    );
    expect(rowsOf(review)["prices[3]"]?.[3]).to.equal(
      "1 asset of job prices[2] is in revision rrrrrrrr… already and will be in it twice: c.csv",
    );
    const renamed = reviewed([
      setStep(
        "update",
        "prices",
        importsOf({ 3: { "c.csv": "1" } }),
        ranSet(importsOf({ 2: { "c.csv": "1" } })),
      ),
    ]);
    expect(rowsOf(renamed)["prices[3]"]?.[3]).to.equal(
      "1 asset of job prices[2], which is deleted, stays in revision rrrrrrrr… and will be in it twice: c.csv",
    );
  });

  it("of which a job has failed says why, and that nothing else runs", () => {
    const errors = [
      {
        code: "RESOURCE_NOT_FOUND_EXCEPTION",
        message: "gone",
        details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "c.csv" }] },
      },
    ];
    const former = importsOf({ 2: { "c.csv": "0" } });
    const review = updated(before, ranSet(before, { failed: { 2: errors }, former, settings }));
    expect(headlineOf(review)).to.equal("1 job runs again, 1 stays");
    expect(rowsOf(review)).to.deep.equal({
      "prices[2]": [
        "rerun",
        does("1 object"),
        "its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: gone (s3://source/c.csv)",
        deletes("1 asset of an earlier run is"),
      ],
    });
    const cleaned = updated(before, ranSet(before, { former, settings }));
    expect(headlineOf(cleaned)).to.equal("1 job is deleted, 2 stay");
    expect(stillOf(cleaned)).to.deep.equal([
      "prices[2] was replaced before, and what it was then is deleted, and with it 1 asset that it made, unless their revision is finalized",
    ]);
  });

  it("of which the last run did not come to a job says that its triggers are others", () => {
    const failed = {
      ...old,
      inputs: { ...settings, jobs: importsOf({ 1: { "a.csv": "1", "b.csv": "2" }, 2: { "c.csv": "1" } }) },
    };
    const review = updated(failed.inputs.jobs, failed);
    expect(rowsOf(review)).to.deep.equal({
      "prices[1]": [
        "rerun",
        does("2 objects"),
        "its triggers have changed since its last run",
        deletes("2 assets of its last run are"),
      ],
    });
  });

  it("tells of triggers of the whole set, too", () => {
    const review = reviewed([
      setStep("update", "prices", before, ranSet(before, { settings }), {
        settings: { ...settings, triggers: [{ day: "monday" }] },
      }),
    ]);
    expect(rowsOf(review)["prices[1]"]?.[2]).to.equal("trigger day added: monday");
    expect(headlineOf(review)).to.equal("2 jobs run again");
  });

  it("that changes in place runs nothing", () => {
    const review = reviewed([
      setStep("update", "prices", before, old, { settings: { ...settings, timeouts: { run: "1h" } } }),
    ]);
    expect(stillOf(review)).to.deep.equal([
      "prices[1] is updated in place: timeouts; nothing runs",
      "prices[2] is updated in place: timeouts; nothing runs",
    ]);
  });

  it("that stays, or is left with an earlier one in state, is counted by its jobs", () => {
    const staying = reviewed([setStep("same", "prices", before, old)]);
    expect(headlineOf(staying)).to.equal("no Data Exchange jobs are affected, 2 stay");
    const earlier = reviewed([
      setStep("same", "prices", before, old),
      { ...setStep("delete-replaced", "prices", undefined, { ...old, id: "earlier" }) },
    ]);
    expect(stillOf(earlier)).to.have.length(2);
  });

  it("that is destroyed says what goes with each of its jobs", () => {
    const review = reviewed([setStep("delete", "prices", undefined, old)]);
    expect(headlineOf(review)).to.equal("2 jobs are deleted");
    expect(stillOf(review)[0]).to.equal(
      "prices[1] is deleted, and with it 2 assets that it made, unless their revision is finalized",
    );
    const kept = reviewed([setStep("delete", "prices", undefined, { ...old, retainOnDelete: true })]);
    expect(stillOf(kept)[0]).to.match(/^prices\[1\] leaves the stack/);
  });

  it("that is replaced as a whole runs all of its jobs", () => {
    const review = reviewed([
      setStep("replace", "prices", before, old, { settings, replaceReasons: ["id"] }),
      setStep("delete-replaced", "prices", undefined, old),
      setStep("create-replacement", "prices", before, old, { settings }),
    ]);
    expect(headlineOf(review)).to.equal("2 jobs run again");
    expect(rowsOf(review)["prices[1]"]?.slice(2)).to.deep.equal([
      "its replacement was asked for (--replace, replacementTrigger), or comes with that of another resource",
      "2 assets of its last run are deleted, unless the revision is finalized",
    ]);
  });

  it("whose jobs are not known yet says that their number is decided later, and which of them may run again", () => {
    const publication = step("update", { name: "source", type: setToken, inputs: { jobs: {} }, old: {} });
    const dependencies = { propertyDependencies: { jobs: [urnOf("source", setToken)] } };
    const unsure = (op: string, from?: object) => {
      const set = setStep(op, "copies", unknown, from) as { newState: object };
      return reviewed([publication, { ...set, newState: { ...set.newState, ...dependencies } }]);
    };
    const message = "how many jobs it has is decided later: jobs not known until job set source is updated.";
    const created = unsure("create");
    expect(headlineOf(created)).to.equal(
      "no Data Exchange jobs are affected so far, 1 component decides more later",
    );
    expect(created.later.map((each) => [each.urn.name, each.message])).to.deep.equal([["copies", message]]);
    const changed = unsure("update", old);
    expect(headlineOf(changed)).to.equal("2 jobs may run again, 1 component decides more later");
    expect(rowsOf(changed)["copies[1]"]?.slice(0, 3)).to.deep.equal([
      "mayRerun",
      "imports objects of S3 buckets into a revision, each as one asset named by its key (details not known yet)",
      "details not known until job set source is updated",
    ]);
  });

  it("with a job that is not known yet says so of this one", () => {
    const review = updated({ ...before, 2: unknown, 3: unknown });
    expect(rowsOf(review)["prices[2]"]?.[0]).to.equal("mayRerun");
    expect(rowsOf(review)["prices[3]"]?.slice(0, 2)).to.deep.equal(["new", "does what is not known yet"]);
    expect(headlineOf(review)).to.equal("1 new job will run, 1 may run again, 1 stays");
  });

  describe("with secrets", () => {
    const masked = { ...old.outputs, results: secret };
    const hidden = (jobs: object) =>
      Object.fromEntries(
        Object.keys(jobs).map((name) => [
          name,
          {
            type: "IMPORT_ASSETS_FROM_S3",
            details: { importAssetsFromS3: { ...at, assetSources: secret } },
            triggers: secret,
          },
        ]),
      );
    const state = { inputs: { ...settings, jobs: hidden(before) }, outputs: masked };
    const changed = (jobs: unknown, from: object = state) =>
      reviewed([setStep("update", "prices", jobs, from, { settings })]);
    const unsure = "a preview does not show whether a secret of it has changed, or its last run has failed";

    it("cannot say which of its jobs run", () => {
      const review = changed(hidden(before));
      expect(headlineOf(review)).to.equal("2 jobs may run again");
      expect(rowsOf(review)["prices[1]"]).to.deep.equal([
        "mayRerun",
        "imports objects (secret) of [secret] into revision rrrrrrrr… of data set dddddddd…",
        unsure,
        deletes("the assets of its last run are"),
      ]);
      expect(reviewed([setStep("same", "prices", hidden(before), state)]).staying).to.equal(2);
    });

    it("says what it shows", () => {
      const review = changed({ ...hidden({ 1: {}, 3: {} }) });
      expect(Object.entries(rowsOf(review)).map(([name, [action]]) => [name, action])).to.deep.equal([
        ["prices[1]", "mayRerun"],
        ["prices[3]", "new"],
      ]);
      expect(stillOf(review)).to.have.length(1);
      const open = { inputs: { ...settings, jobs: before }, outputs: masked };
      const region = changed(before, open);
      expect(headlineOf(region)).to.equal("2 jobs may run again");
      const other = changed(importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "d.csv": "1" } }), open);
      expect(headlineOf(other)).to.equal("1 job runs again, 1 stays");
    });

    it("of which the jobs are one secret are told of as one", () => {
      const whole = { inputs: { ...settings, jobs: secret }, outputs: masked };
      expect(headlineOf(changed(secret, whole))).to.equal("1 job may run again");
      expect(headlineOf(reviewed([setStep("create", "prices", secret)]))).to.equal("1 new job will run");
      expect(headlineOf(reviewed([setStep("delete", "prices", undefined, whole)]))).to.equal(
        "1 job is deleted",
      );
      expect(headlineOf(reviewed([setStep("same", "prices", secret, whole)]))).to.match(/1 stays$/);
      expect(headlineOf(changed(secret))).to.equal("2 jobs may run again");
      expect(headlineOf(changed(before, whole))).to.equal("2 jobs may run again");
    });

    it("only in triggers knows all but these", () => {
      const triggers = (jobs: Record<string, object>) =>
        Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, { ...job, triggers: secret }]));
      const from = { ...old, inputs: { ...settings, jobs: triggers(before) } };
      expect(headlineOf(changed(triggers(before), from))).to.equal("2 jobs may run again");
      expect(reviewed([setStep("same", "prices", triggers(before), from)]).running).to.deep.equal([]);
    });
  });

  describe("of many jobs", () => {
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
});
