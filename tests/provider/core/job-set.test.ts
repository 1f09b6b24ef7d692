import { expect } from "chai";

import { JobSetError } from "../../../provider/core/errors";
import { namesOf, statesOf } from "../../simulation/host";
import { failureOf, upload } from "../../simulation/samples";
import { imports, jobsOf, many, namesIn, setHost, settings, stateOf } from "../../simulation/set-host";
import { Simulator } from "../../simulation/simulator";

/** Runs a set of 35 jobs. Returns how many jobs of the state there were at each StartJob. */
const countsAtStart = async (state: string, when: "before" | "after") => {
  const service = new Simulator();
  const counts: number[] = [];
  const count = () => counts.push(statesOf(service.jobs).filter((one) => one === state).length);
  const start = service.startJob.bind(service);
  service.startJob = async (id, signal) => {
    if (when === "before") count();
    await start(id, signal);
    if (when === "after") count();
  };
  await setHost(service).create(imports(many(35)));
  return { service, most: Math.max(...counts) };
};

describe("a set of jobs", () => {
  it("runs as many jobs at once as the quota allows", async () => {
    const { service, most } = await countsAtStart("IN_PROGRESS", "after");
    expect(most).to.equal(10);
    expect(statesOf(service.jobs)).to.deep.equal(Array(35).fill("COMPLETED"));
  });

  it("creates as many further jobs as the quota allows while others run", async () => {
    const { service, most } = await countsAtStart("WAITING", "before");
    expect(most).to.be.at.most(20);
    // The eleventh job starts when the first has ended, and was created before that.
    const [first, eleventh] = [service.jobs[0]!, service.jobs[10]!];
    expect(Date.parse(eleventh.createdAt)).to.be.below(Date.parse(first.updatedAt));
    expect(Date.parse(eleventh.updatedAt)).to.be.above(Date.parse(first.updatedAt));
  });

  it("lists the assets of all jobs with one call", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(35)));
    expect(service.count("listRevisionAssets")).to.equal(1);
    const found = Object.values(jobsOf(state)).flatMap(({ outputs }) => namesOf(outputs.assets));
    expect(found.sort()).to.deep.equal(namesIn(service));
  });

  it("does not change with the order of its jobs and their sources", async () => {
    const process = setHost(new Simulator());
    const state = await process.create(imports({ a: ["1", "2"], b: ["3"] }));
    const steps = process.steps(state, imports({ b: ["3"], a: ["2", "1"] }));
    expect(steps).to.deep.equal({ a: "keep", b: "keep" });
  });

  it("creates added jobs, replaces changed jobs, deletes removed jobs, and keeps the others", async () => {
    const service = new Simulator();
    const before = await setHost(service).create(imports({ same: ["1"], other: ["2"], gone: ["3"] }));
    const next = imports({ same: ["1"], other: ["2", "4"], more: ["5"] });
    const process = setHost(service);
    const steps = { same: "keep", other: "replace", more: "create", gone: "delete" };
    expect(process.steps(before, next)).to.deep.equal(steps);
    const after = await process.update(before, next);
    expect(namesIn(service)).to.deep.equal(["1", "2", "4", "5"]);
    expect(Object.keys(jobsOf(after))).to.deep.equal(["same", "other", "more"]);
    expect(jobsOf(after).same!.id).to.equal(jobsOf(before).same!.id);
    expect(service.count("createJob")).to.equal(5);
  });

  it("replaces one job for its own triggers, and all jobs for those of the set", async () => {
    const inputs = imports({ a: ["1"], b: ["2"] });
    const process = setHost(new Simulator());
    const before = await process.create(inputs);
    const own = { ...inputs, jobs: { ...inputs.jobs, b: { ...inputs.jobs.b!, triggers: ["etag"] } } };
    expect(process.steps(before, own)).to.deep.equal({ a: "keep", b: "replace" });
    expect(process.steps(before, { ...inputs, triggers: [1] })).to.deep.equal({ a: "replace", b: "replace" });
  });

  it("updates its jobs in place for a changed onDelete", async () => {
    const service = new Simulator();
    const process = setHost(service);
    const before = await process.create(imports({ a: ["1"] }));
    const next = imports({ a: ["1"] }, { onDelete: "retain" });
    expect(process.steps(before, next)).to.deep.equal({ a: "update" });
    const after = await process.update(before, next);
    expect(jobsOf(after).a!.outputs.onDelete).to.equal("retain");
    expect(service.count("createJob")).to.equal(1);
  });

  it("stores the settings of all jobs once, and only the id of an asset", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports({ a: ["1"], b: ["2"] }));
    expect(state).to.include(settings);
    const { a } = state.results as Record<string, object>;
    const request = ["id", "type", "details"];
    expect(a).to.have.keys(...request, "arn", "state", "createdAt", "updatedAt", "errors", "assets");
    expect(a).to.have.deep.property("assets", [{ id: service.assets[0]!.id }]);
  });

  it("is read with one listing of jobs and one of assets", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(20)));
    const calls = service.calls.length;
    expect(await setHost(service).read(state)).to.deep.equal(state);
    expect(service.story().slice(calls)).to.have.members(["listJobs", "listRevisionAssets"]);
  });

  it("is read without a failed job that no longer exists, and the next run creates it again", async () => {
    const service = new Simulator({
      outcome: ({ id }) => ({ state: id === "job2" ? "ERROR" : "COMPLETED" }),
    });
    const inputs = imports({ a: ["1"], b: ["2"] });
    const state = stateOf(await failureOf(setHost(service).create(inputs), JobSetError));
    service.jobs.splice(1, 1);
    const read = await setHost(service).read(state);
    expect(setHost(service).steps(read, inputs)).to.deep.equal({ a: "keep", b: "create" });
  });

  it("deletes the assets of all jobs when it is deleted", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(12)));
    await setHost(service).delete(state);
    expect(namesIn(service)).to.deep.equal([]);
  });

  it("uploads the body of each job", async () => {
    const service = new Simulator();
    const { type, details, upload: source } = upload("prices");
    const jobs = { prices: { type, details, upload: source } };
    const state = await setHost(service).create({ ...settings, jobs });
    expect(service.count("put")).to.equal(1);
    expect(jobsOf(state).prices!.outputs.uploadHash).to.equal(source!.hash);
  });
});
