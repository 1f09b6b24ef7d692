import { expect } from "chai";

import { secretMask as secret, unknownValue as unknown } from "../../lib/pulumi-values";
import { toJson } from "../../review/render";
import type { Review } from "../../review/review";
import { headlineOf } from "../../review/summary";
import { deletion, kindsOf } from "../harness/review-result";
import { effectsOf, itemsChanged, objects, reasonsOf, rowOf } from "./expected";
import { at, reviewed, step, urnOf } from "./previews";
import type { Jobs } from "./set-previews";
import { importsOf, ranSet, setStep, setToken, updatedSet } from "./set-previews";

const settings = { onDelete: "deleteAssets" };
const before = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1" } });
const old = ranSet(before, { settings });
const updated = (jobs: unknown, from: object = old) => updatedSet(jobs, from, settings);
const deleted = (...names: string[]) => ({ kind: "deleted", assets: { names, outcome: "deleted" } });

/** The names of jobs that run, with their actions and the kinds of their reasons. */
const runs = ({ running }: Review): Record<string, string[]> =>
  Object.fromEntries(running.map(({ urn, action, reasons }) => [urn.name, [action, ...kindsOf(reasons)]]));
const both = (...run: string[]) => ({ "prices[1]": run, "prices[2]": run });

describe("review of a job set", () => {
  it("has a job for each job of a new set", () => {
    const review = reviewed([setStep("create", "prices", before)]);
    expect(runs(review)).to.deep.equal(both("new", "new"));
    const [first] = (JSON.parse(toJson(review)) as { jobs: object[] }).jobs;
    const urn = urnOf("prices", setToken);
    const set = { urn, name: "prices", job: "1" };
    expect(first).to.deep.include({ urn: `${urn}#1`, name: "prices[1]", set });
    expect(review.others).to.deep.equal({});
  });

  it("reruns only the jobs whose items changed", () => {
    const more = updated(importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1", "d.csv": "1" } }));
    expect(headlineOf(more)).to.equal("1 job runs again, 1 stays");
    expect(reasonsOf(rowOf(more, "prices[2]"))).to.deep.equal([itemsChanged({ added: objects("d.csv") })]);
    expect(rowOf(more, "prices[2]").warnings).to.deep.equal([deletion("last-run", ["c.csv"])]);

    const other = updated(importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" } }));
    expect(reasonsOf(rowOf(other, "prices[1]"))).to.deep.equal([
      { kind: "content-changed", property: "triggers", names: objects("a.csv") },
    ]);

    const less = updated(importsOf({ 1: { "a.csv": "1" } }));
    expect(reasonsOf(rowOf(less, "prices[1]"))).to.deep.equal([itemsChanged({ removed: objects("b.csv") })]);
    expect(effectsOf(less)).to.deep.equal([["prices[2]", deleted("c.csv")]]);
  });

  it("separates items that move between jobs from new and removed items", () => {
    const moved = updated(
      importsOf({ 1: { "a.csv": "1" }, 2: { "c.csv": "1", "b.csv": "1", "d.csv": "1" } }),
    );
    expect(moved.rows.running.map(reasonsOf)).to.deep.equal([
      [itemsChanged({ movedOut: objects("b.csv") })],
      [itemsChanged({ added: objects("d.csv"), movedIn: objects("b.csv") })],
    ]);
  });

  it("warns about duplicate assets if those of the last run are not deleted", () => {
    const jobs = importsOf({ 1: { "a.csv": "2", "b.csv": "1" }, 2: { "c.csv": "1" }, 3: { "c.csv": "1" } });
    const review = updatedSet(jobs, ranSet(before));
    expect(kindsOf(rowOf(review, "prices[1]").warnings)).to.deep.equal(["duplicate-assets last-run"]);
    const leftByKept = { cause: "left-by-kept", assets: ["c.csv"], jobs: ["prices[2]"], mayBeRenamed: false };
    expect(rowOf(review, "prices[3]").warnings[0]).to.deep.include(leftByKept);
    const one = (name: string) => importsOf({ [name]: { "c.csv": "1" } });
    const renamed = updatedSet(one("3"), ranSet(one("2")));
    expect(kindsOf(rowOf(renamed, "prices[3]").warnings)).to.deep.equal(["duplicate-assets left-by-deleted"]);
  });

  it("reruns only the failed jobs, and deletes former jobs after the set has completed", () => {
    const former = importsOf({ 2: { "c.csv": "0" } });
    const review = updated(before, ranSet(before, { failed: { 2: [] }, former, settings }));
    expect(runs(review)).to.deep.equal({ "prices[2]": ["rerun", "failed"] });
    expect(rowOf(review, "prices[2]").warnings).to.deep.equal([deletion("earlier-run", ["c.csv"])]);
    const cleaned = updated(before, ranSet(before, { former, settings }));
    expect(headlineOf(cleaned)).to.equal("1 job is deleted, 2 stay");
    expect(effectsOf(cleaned)).to.deep.equal([
      ["prices[2]", { ...deleted("c.csv"), kind: "former-deleted" }],
    ]);
  });

  it("reports changed triggers of a job that the last run did not reach, and of the whole set", () => {
    const reason = { kind: "triggers-changed", property: "triggers" };
    const jobs = importsOf({ 1: { "a.csv": "1", "b.csv": "2" }, 2: { "c.csv": "1" } });
    const review = updated(jobs, { ...old, inputs: { ...settings, jobs } });
    expect(review.running.map(reasonsOf)).to.deep.equal([[reason]]);
    const ofSet = updatedSet(before, old, { ...settings, triggers: [{ day: "monday" }] });
    const changes = [{ trigger: "day", from: undefined, to: "monday" }];
    expect(ofSet.running.map(reasonsOf)).to.deep.equal([[{ ...reason, changes }], [{ ...reason, changes }]]);
  });

  it("does not know whether unknown triggers of a job that the last run did not reach have changed", () => {
    const jobs = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "c.csv": "1" } });
    const declared = { ...jobs, 1: { ...jobs["1"], triggers: [unknown] } };
    const review = updated(declared, { ...old, inputs: { ...settings, jobs: { 2: jobs["2"] } } });
    expect(runs(review)).to.deep.equal({ "prices[1]": ["possibleRerun", "not-known-yet"] });
  });

  it("counts the jobs of a set that is updated, unchanged, replaced or deleted", () => {
    const inPlace = { kind: "updated", properties: ["timeouts"] };
    expect(effectsOf(updatedSet(before, old, { ...settings, timeouts: { run: "1h" } }))).to.deep.equal([
      ["prices[1]", inPlace],
      ["prices[2]", inPlace],
    ]);
    const same = setStep("same", "prices", before, old);
    expect(headlineOf(reviewed([same]))).to.equal("no Data Exchange jobs are affected, 2 stay");
    const earlier = setStep("delete-replaced", "prices", undefined, { ...old, id: "earlier" });
    expect(effectsOf(reviewed([same, earlier]))).to.have.length(2);

    const gone = (rest = {}) => reviewed([setStep("delete", "prices", undefined, { ...old, ...rest })]);
    expect(effectsOf(gone())[0]).to.deep.equal(["prices[1]", deleted("a.csv", "b.csv")]);
    expect(effectsOf(gone({ retainOnDelete: true }))[0]).to.deep.equal(["prices[1]", { kind: "retained" }]);

    const replaced = reviewed([
      setStep("replace", "prices", before, old, { settings, replaceReasons: ["id"] }),
      setStep("delete-replaced", "prices", undefined, old),
      setStep("create-replacement", "prices", before, old, { settings }),
    ]);
    expect(runs(replaced)).to.deep.equal(both("rerun", "replacement-requested"));
    expect(rowOf(replaced, "prices[1]").warnings).to.deep.equal([
      deletion("last-run", ["a.csv", "b.csv"], false),
    ]);
  });

  it("shows the provider's note that jobs run again after an interrupted deletion", () => {
    const message = "An earlier run began to delete 1 and did not finish. [deletion-interrupted]";
    const diagnostics = [{ severity: "info", urn: urnOf("prices", setToken), message }];
    const review = reviewed([setStep("update", "prices", before, old)], { diagnostics });
    expect(review.deferred.map(({ urn, message }) => [urn.name, message])).to.deep.equal([
      ["prices", message],
    ]);
  });

  it("defers jobs that are not known yet", () => {
    const source = step("update", { name: "source", type: setToken, inputs: { jobs: {} }, old: {} });
    const propertyDependencies = { jobs: [urnOf("source", setToken)] };
    const withUnknownJobs = (op: string, from?: object) =>
      reviewed([source, setStep(op, "copies", unknown, from, { propertyDependencies })]);
    const created = withUnknownJobs("create");
    expect(headlineOf(created)).to.equal(
      "no Data Exchange jobs are affected so far, 1 component decides more later",
    );
    const message =
      "The number of its jobs is decided later: jobs is not known until job set source is updated.";
    expect(created.deferred.map(({ urn, message }) => [urn.name, message])).to.deep.equal([
      ["copies", message],
    ]);
    const changed = withUnknownJobs("update", old);
    expect(headlineOf(changed)).to.equal("2 jobs may run again, 1 component decides more later");
    const partly = updated({ ...before, 2: unknown, 3: unknown });
    expect(headlineOf(partly)).to.equal("1 new job will run, 1 may run again, 1 stays");
    expect(rowOf(partly, "prices[3]").type).to.equal("unknown");
  });
});

describe("review of a job set with secrets", () => {
  const mapJobs = (jobs: Jobs, map: (job: object) => object): Jobs =>
    Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, map(job)]));
  const details = { importAssetsFromS3: { ...at, assetSources: secret } };
  const hidden = (jobs: Jobs) =>
    mapJobs(jobs, () => ({ type: "IMPORT_ASSETS_FROM_S3", details, triggers: secret }));
  const masked = (jobs: unknown) => ({
    inputs: { ...settings, jobs },
    outputs: { ...old.outputs, results: secret },
  });

  it("shows that any job may run again", () => {
    const review = updated(hidden(before), masked(hidden(before)));
    expect(runs(review)).to.deep.equal(both("possibleRerun", "hidden"));
    expect(rowOf(review, "prices[1]").warnings).to.deep.equal([deletion("last-run")]);
    const same = setStep("same", "prices", hidden(before), masked(hidden(before)));
    expect(reviewed([same]).unaffected).to.equal(2);
  });

  it("shows new and changed jobs that the preview does not hide", () => {
    const review = updated(hidden({ 1: {}, 3: {} }), masked(hidden(before)));
    const expected = { "prices[1]": ["possibleRerun", "hidden"], "prices[3]": ["new", "new"] };
    expect(runs(review)).to.deep.equal(expected);
    expect(effectsOf(review)).to.have.length(1);
    expect(headlineOf(updated(before, masked(before)))).to.equal("2 jobs may run again");
    const other = importsOf({ 1: { "a.csv": "1", "b.csv": "1" }, 2: { "d.csv": "1" } });
    expect(headlineOf(updated(other, masked(before)))).to.equal("1 job runs again, 1 stays");
  });

  it("shows one job if the preview hides all jobs as one secret", () => {
    const whole = masked(secret);
    const cases: [Review, string | RegExp][] = [
      [updated(secret, whole), "1 job may run again"],
      [reviewed([setStep("create", "prices", secret)]), "1 new job will run"],
      [reviewed([setStep("delete", "prices", undefined, whole)]), "1 job is deleted"],
      [reviewed([setStep("same", "prices", secret, whole)]), /1 stays$/],
      [updated(secret, masked(hidden(before))), "2 jobs may run again"],
      [updated(before, whole), "2 jobs may run again"],
    ];
    for (const [review, headline] of cases) expect(headlineOf(review)).to.match(new RegExp(headline));
  });

  it("shows possible reruns only for an update if only triggers are secret", () => {
    const jobs = mapJobs(before, (job) => ({ ...job, triggers: secret }));
    const from = { ...old, inputs: { ...settings, jobs } };
    expect(headlineOf(updated(jobs, from))).to.equal("2 jobs may run again");
    expect(reviewed([setStep("same", "prices", jobs, from)]).running).to.deep.equal([]);
  });
});
