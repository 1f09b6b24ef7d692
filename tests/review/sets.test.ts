import { expect } from "chai";

import { headlineOf } from "../../review/summary";
import { toJson } from "../../review/index";
import { at, reviewed, secret, step, unknown, urnOf } from "./previews";
import { importsOf, ranSet, rowsOf, setStep, setToken, stillOf } from "./sets";

const does = (objects: string) =>
  `imports ${objects} of source into revision rrrrrrrr… of data set dddddddd…`;
const deletes = (assets: string) =>
  `${assets} deleted once all jobs of the set have completed, unless the revision is finalized`;
const settings = { onDelete: "deleteAssets" };
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
});
