import { expect } from "chai";

import { JobSetError } from "../../../provider/core/errors";
import { failureOf, upload } from "../support/samples";
import { imports, jobsOf, many, namesIn, setHost, settings, stateOf } from "../support/set-host";
import { Simulator } from "../support/simulator";

describe("a set of jobs", () => {
  it("runs as many at once as the quota admits", async () => {
    const service = new Simulator();
    let most = 0;
    const start = service.startJob.bind(service);
    service.startJob = async (id, signal) => {
      await start(id, signal);
      most = Math.max(most, service.jobs.filter(({ state }) => state === "IN_PROGRESS").length);
    };
    await setHost(service).create(imports(many(35)));
    expect(most).to.equal(10);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(Array(35).fill("COMPLETED"));
  });

  it("makes as many jobs ready as run, and no more, so that a free place is taken by StartJob alone", async () => {
    const service = new Simulator();
    const waiting: number[] = [];
    const start = service.startJob.bind(service);
    service.startJob = async (id, signal) => {
      waiting.push(service.jobs.filter(({ state }) => state === "WAITING").length);
      await start(id, signal);
    };
    await setHost(service).create(imports(many(35)));
    expect(Math.max(...waiting)).to.be.at.most(20);
    // The eleventh job is started when the first has ended, and was made before that.
    const [first, eleventh] = [service.jobs[0]!, service.jobs[10]!];
    expect(Date.parse(eleventh.createdAt)).to.be.below(Date.parse(first.updatedAt));
    expect(Date.parse(eleventh.updatedAt)).to.be.above(Date.parse(first.updatedAt));
  });

  it("lists the assets of all jobs once", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(35)));
    expect(service.count("listRevisionAssets")).to.equal(1);
    const found = Object.values(jobsOf(state)).flatMap(({ outputs }) =>
      outputs.assets.map(({ name }) => name),
    );
    expect(found.sort()).to.deep.equal(namesIn(service));
  });

  it("is unchanged with the same jobs, in whatever order", async () => {
    const service = new Simulator();
    const process = setHost(service);
    const state = await process.create(imports({ a: ["1", "2"], b: ["3"] }));
    expect(process.steps(state, imports({ b: ["3"], a: ["2", "1"] }))).to.deep.equal({
      a: "keep",
      b: "keep",
    });
  });

  it("runs what is added, runs what is changed anew, deletes what is taken out, and leaves the rest alone", async () => {
    const service = new Simulator();
    const before = await setHost(service).create(imports({ same: ["1"], other: ["2"], gone: ["3"] }));
    const next = imports({ same: ["1"], other: ["2", "4"], more: ["5"] });
    const process = setHost(service);
    expect(process.steps(before, next)).to.deep.equal({
      ...{ same: "keep", other: "replace", more: "create", gone: "delete" },
    });
    const after = await process.update(before, next);
    expect(namesIn(service)).to.deep.equal(["1", "2", "4", "5"]);
    expect(Object.keys(jobsOf(after))).to.deep.equal(["same", "other", "more"]);
    expect(jobsOf(after).same!.id).to.equal(jobsOf(before).same!.id);
    expect(service.count("createJob")).to.equal(5);
  });

  it("runs one job again whose triggers change, and all when those of the set do", async () => {
    const service = new Simulator();
    const inputs = imports({ a: ["1"], b: ["2"] });
    const process = setHost(service);
    const before = await process.create(inputs);
    const own = { ...inputs, jobs: { ...inputs.jobs, b: { ...inputs.jobs.b!, triggers: ["etag"] } } };
    expect(process.steps(before, own)).to.deep.equal({ a: "keep", b: "replace" });
    expect(process.steps(before, { ...inputs, triggers: [1] })).to.deep.equal({ a: "replace", b: "replace" });
  });

  it("takes over settings that run nothing", async () => {
    const service = new Simulator();
    const process = setHost(service);
    const before = await process.create(imports({ a: ["1"] }));
    const next = imports({ a: ["1"] }, { onDelete: "retain" });
    expect(process.steps(before, next)).to.deep.equal({ a: "update" });
    const after = await process.update(before, next);
    expect(jobsOf(after).a!.outputs.onDelete).to.equal("retain");
    expect(service.count("createJob")).to.equal(1);
  });

  it("holds in state what is common to all jobs once, and of an asset its id alone", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports({ a: ["1"], b: ["2"] }));
    expect(state).to.include(settings);
    const { a } = state.results as Record<string, object>;
    expect(a).to.have.keys(
      ...["id", "type", "details", "arn", "state", "createdAt", "updatedAt", "errors", "assets"],
    );
    expect(a).to.have.deep.property("assets", [{ id: service.assets[0]!.id }]);
  });
});

describe("a set that is read", () => {
  it("takes one listing of jobs and one of assets", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(20)));
    const [jobs, assets] = [service.count("listJobs"), service.count("listRevisionAssets")];
    const read = await setHost(service).read(state);
    expect(read).to.deep.equal(state);
    expect(service.count("listJobs")).to.equal(jobs + 1);
    expect(service.count("listRevisionAssets")).to.equal(assets + 1);
    expect(service.count("getJob")).to.equal(0);
  });

  it("drops a job that is gone without having done its work, which the next run makes anew", async () => {
    const service = new Simulator({
      outcome: ({ id }) => ({ state: id === "job2" ? "ERROR" : "COMPLETED" }),
    });
    const inputs = imports({ a: ["1"], b: ["2"] });
    const state = stateOf(await failureOf(setHost(service).create(inputs), JobSetError));
    service.jobs.splice(1, 1);
    const read = await setHost(service).read(state);
    expect(setHost(service).steps(read, inputs)).to.deep.equal({ a: "keep", b: "create" });
  });
});

describe("a set that is deleted", () => {
  it("deletes what its jobs made, as each Job does", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports(many(12)));
    await setHost(service).delete(state);
    expect(namesIn(service)).to.deep.equal([]);
  });
});

describe("a set of uploads", () => {
  it("uploads each body", async () => {
    const service = new Simulator();
    const { type, details, upload: source } = upload("prices");
    const state = await setHost(service).create({
      ...settings,
      jobs: { prices: { type, details, upload: source } },
    });
    expect(service.count("put")).to.equal(1);
    expect(jobsOf(state).prices!.outputs.uploadHash).to.equal(source!.hash);
  });
});
