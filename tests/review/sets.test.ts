import { expect } from "chai";

import type { Review } from "../../review/review";
import { toJson } from "../../review/render";
import { headlineOf } from "../../review/summary";
import {
  deletedAfterSet,
  effectsOf,
  objects,
  rowOf,
  at,
  importsOf,
  itemsChanged,
  kindsOf,
  ranSet,
  reasonsOf,
  reviewed,
  secret,
  setStep,
  setToken,
  step,
  unknown,
  urnOf,
} from "./previews";

const settings = { onDelete: "deleteAssets" };
/** The names of jobs that run, with their actions and the kinds of their reasons. */
const runs = ({ running }: Review): Record<string, string[]> =>
  Object.fromEntries(running.map(({ urn, action, reasons }) => [urn.name, [action, ...kindsOf(reasons)]]));

describe("review: sets of jobs", () => {
  const before = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1" } });
  const old = ranSet(before, { settings });
  const updated = (jobs: unknown, from: object = old) =>
    reviewed([setStep("update", "prices", jobs, from, { settings })]);

  it("have one job for each job of a new set", () => {
    const review = reviewed([setStep("create", "prices", before)]);
    expect(runs(review)).to.deep.equal({ "prices[1]": ["new", "new"], "prices[2]": ["new", "new"] });
    const [first] = (JSON.parse(toJson(review)) as { jobs: object[] }).jobs;
    const urn = urnOf("prices", setToken);
    expect(first).to.deep.include({
      urn: `${urn}#1`,
      name: "prices[1]",
      set: { urn, name: "prices", job: "1" },
    });
    expect(review.others).to.deep.equal({});
  });

  it("run only the jobs whose items changed", () => {
    const more = updated(importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1", "d.csv": "1" } }));
    expect(headlineOf(more)).to.equal("1 job runs again, 1 stays");
    expect(reasonsOf(rowOf(more, "prices[2]"))).to.deep.equal([itemsChanged({ added: objects("d.csv") })]);
    expect(rowOf(more, "prices[2]").warnings).to.deep.equal([deletedAfterSet("last-run", ["c.csv"])]);

    const other = updated(importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" } }));
    expect(reasonsOf(rowOf(other, "prices[1]"))).to.deep.equal([
      { kind: "content-changed", property: "triggers", names: objects("a.csv") },
    ]);

    const less = updated(importsOf({ 1: { "a.csv": "1" } }));
    expect(reasonsOf(rowOf(less, "prices[1]"))).to.deep.equal([itemsChanged({ removed: objects("b.csv") })]);
    expect(effectsOf(less)).to.deep.equal([
      ["prices[2]", { kind: "deleted", assets: { names: ["c.csv"], fate: "deleted" } }],
    ]);
  });

  it("tell items that move between jobs from new and removed items", () => {
    const review = updated(
      importsOf({ 1: { "a.csv": "1" }, 2: { "c.csv": "1", "b.csv": "1", "d.csv": "1" } }),
    );
    expect(reasonsOf(rowOf(review, "prices[1]"))).to.deep.equal([
      itemsChanged({ movedOut: objects("b.csv") }),
    ]);
    expect(reasonsOf(rowOf(review, "prices[2]"))).to.deep.equal([
      itemsChanged({ added: objects("d.csv"), movedIn: objects("b.csv") }),
    ]);
  });

  it("warn of duplicate assets if no deletion removes those of the last run", () => {
    const jobs = importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" }, 3: { "c.csv": "1" } });
    const review = reviewed([setStep("update", "prices", jobs, ranSet(before))]);
    expect(kindsOf(rowOf(review, "prices[1]").warnings)).to.deep.equal(["duplicate-assets last-run"]);
    expect(rowOf(review, "prices[3]").warnings[0]).to.deep.include({
      cause: "left-by-kept",
      assets: ["c.csv"],
      jobs: ["prices[2]"],
      mayBeRenamed: false,
    });
    const one = (name: string) => importsOf({ [name]: { "c.csv": "1" } });
    const renamed = reviewed([setStep("update", "prices", one("3"), ranSet(one("2")))]);
    expect(kindsOf(rowOf(renamed, "prices[3]").warnings)).to.deep.equal(["duplicate-assets left-by-deleted"]);
  });

  it("run only the failed jobs again, and delete former jobs after the set has completed", () => {
    const former = importsOf({ 2: { "c.csv": "0" } });
    const review = updated(before, ranSet(before, { failed: { 2: [] }, former, settings }));
    expect(runs(review)).to.deep.equal({ "prices[2]": ["rerun", "failed"] });
    expect(rowOf(review, "prices[2]").warnings).to.deep.equal([deletedAfterSet("earlier-run", ["c.csv"])]);
    const cleaned = updated(before, ranSet(before, { former, settings }));
    expect(headlineOf(cleaned)).to.equal("1 job is deleted, 2 stay");
    expect(effectsOf(cleaned)).to.deep.equal([
      ["prices[2]", { kind: "former-deleted", assets: { names: ["c.csv"], fate: "deleted" } }],
    ]);
  });

  it("report changed triggers of a job that the last run did not reach, and of the whole set", () => {
    const jobs = importsOf({ 1: { "a.csv": "1", "b.csv": "2" }, 2: { "c.csv": "1" } });
    const review = updated(jobs, { ...old, inputs: { ...settings, jobs } });
    expect(review.running.map(reasonsOf)).to.deep.equal([
      [{ kind: "triggers-changed", property: "triggers" }],
    ]);
    const withTriggers = { settings: { ...settings, triggers: [{ day: "monday" }] } };
    const ofSet = reviewed([setStep("update", "prices", before, old, withTriggers)]);
    const changes = [{ trigger: "day", from: undefined, to: "monday" }];
    const reason = { kind: "triggers-changed", property: "triggers", changes };
    expect(ofSet.running.map(reasonsOf)).to.deep.equal([[reason], [reason]]);
  });

  it("are counted by their jobs if they are updated, stay, or are replaced or deleted", () => {
    const inPlace = { settings: { ...settings, timeouts: { run: "1h" } } };
    const updatedInPlace = { kind: "updated", properties: ["timeouts"] };
    expect(effectsOf(reviewed([setStep("update", "prices", before, old, inPlace)]))).to.deep.equal([
      ["prices[1]", updatedInPlace],
      ["prices[2]", updatedInPlace],
    ]);
    const same = setStep("same", "prices", before, old);
    expect(headlineOf(reviewed([same]))).to.equal("no Data Exchange jobs are affected, 2 stay");
    const earlier = setStep("delete-replaced", "prices", undefined, { ...old, id: "earlier" });
    expect(effectsOf(reviewed([same, earlier]))).to.have.length(2);

    const gone = (rest = {}) => reviewed([setStep("delete", "prices", undefined, { ...old, ...rest })]);
    expect(effectsOf(gone())[0]).to.deep.equal([
      "prices[1]",
      { kind: "deleted", assets: { names: ["a.csv", "b.csv"], fate: "deleted" } },
    ]);
    expect(effectsOf(gone({ retainOnDelete: true }))[0]).to.deep.equal(["prices[1]", { kind: "retained" }]);

    const replaced = reviewed([
      setStep("replace", "prices", before, old, { settings, replaceReasons: ["id"] }),
      setStep("delete-replaced", "prices", undefined, old),
      setStep("create-replacement", "prices", before, old, { settings }),
    ]);
    expect(runs(replaced)).to.deep.equal({
      "prices[1]": ["rerun", "replacement-requested"],
      "prices[2]": ["rerun", "replacement-requested"],
    });
    expect(rowOf(replaced, "prices[1]").warnings).to.deep.equal([
      { ...deletedAfterSet("last-run", ["a.csv", "b.csv"]), isAfterSet: false },
    ]);
  });

  it("decide their jobs later if the jobs are not known yet", () => {
    const source = step("update", { name: "source", type: setToken, inputs: { jobs: {} }, old: {} });
    const propertyDependencies = { jobs: [urnOf("source", setToken)] };
    const withUnknownJobs = (op: string, from?: object) => {
      const set = setStep(op, "copies", unknown, from) as { newState: object };
      return reviewed([source, { ...set, newState: { ...set.newState, propertyDependencies } }]);
    };
    const created = withUnknownJobs("create");
    expect(headlineOf(created)).to.equal(
      "no Data Exchange jobs are affected so far, 1 component decides more later",
    );
    expect(created.deferred.map(({ urn, message }) => [urn.name, message])).to.deep.equal([
      [
        "copies",
        "The number of its jobs is decided later: jobs is not known until job set source is updated.",
      ],
    ]);
    const changed = withUnknownJobs("update", old);
    expect(headlineOf(changed)).to.equal("2 jobs may run again, 1 component decides more later");
    const partly = updated({ ...before, 2: unknown, 3: unknown });
    expect(headlineOf(partly)).to.equal("1 new job will run, 1 may run again, 1 stays");
    expect(rowOf(partly, "prices[3]").type).to.equal("unknown");
  });

  describe("with secrets", () => {
    const masked = { ...old.outputs, results: secret };
    const details = { importAssetsFromS3: { ...at, assetSources: secret } };
    const hidden = (jobs: object) =>
      Object.fromEntries(
        Object.keys(jobs).map((name) => [name, { type: "IMPORT_ASSETS_FROM_S3", details, triggers: secret }]),
      );
    const state = { inputs: { ...settings, jobs: hidden(before) }, outputs: masked };
    const changed = (jobs: unknown, from: object = state) =>
      reviewed([setStep("update", "prices", jobs, from, { settings })]);

    it("may run any of their jobs", () => {
      const review = changed(hidden(before));
      expect(runs(review)).to.deep.equal({
        "prices[1]": ["possibleRerun", "hidden"],
        "prices[2]": ["possibleRerun", "hidden"],
      });
      expect(rowOf(review, "prices[1]").warnings).to.deep.equal([deletedAfterSet("last-run")]);
      expect(reviewed([setStep("same", "prices", hidden(before), state)]).unaffected).to.equal(2);
    });

    it("use what the preview shows", () => {
      const review = changed(hidden({ 1: {}, 3: {} }));
      expect(runs(review)).to.deep.equal({
        "prices[1]": ["possibleRerun", "hidden"],
        "prices[3]": ["new", "new"],
      });
      expect(effectsOf(review)).to.have.length(1);
      const open = { inputs: { ...settings, jobs: before }, outputs: masked };
      expect(headlineOf(changed(before, open))).to.equal("2 jobs may run again");
      const other = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "d.csv": "1" } });
      expect(headlineOf(changed(other, open))).to.equal("1 job runs again, 1 stays");
    });

    it("are one job if all jobs are one secret", () => {
      const whole = { inputs: { ...settings, jobs: secret }, outputs: masked };
      const cases: [Review, string | RegExp][] = [
        [changed(secret, whole), "1 job may run again"],
        [reviewed([setStep("create", "prices", secret)]), "1 new job will run"],
        [reviewed([setStep("delete", "prices", undefined, whole)]), "1 job is deleted"],
        [reviewed([setStep("same", "prices", secret, whole)]), /1 stays$/],
        [changed(secret), "2 jobs may run again"],
        [changed(before, whole), "2 jobs may run again"],
      ];
      for (const [review, headline] of cases) expect(headlineOf(review)).to.match(new RegExp(headline));
    });

    it("only in triggers hide only the triggers", () => {
      const triggers = (jobs: Record<string, object>) =>
        Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, { ...job, triggers: secret }]));
      const from = { ...old, inputs: { ...settings, jobs: triggers(before) } };
      expect(headlineOf(changed(triggers(before), from))).to.equal("2 jobs may run again");
      expect(reviewed([setStep("same", "prices", triggers(before), from)]).running).to.deep.equal([]);
    });
  });
});
