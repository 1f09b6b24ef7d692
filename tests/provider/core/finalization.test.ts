import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import type { FinalizationInputs } from "../../../provider/core/finalization";
import {
  checkFinalization,
  deleteFinalization,
  diffFinalization,
  finalizeRevision,
  readFinalization,
} from "../../../provider/core/finalization";
import { UNKNOWN, formatPath } from "../../../service-model/validate";
import type { JobState } from "../../../service-model/job";
import { host } from "../../simulation/host";
import { codeOf, dataSetId, existing, failureOf, revisionId, s3Import } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const inputs = (...jobs: string[]): FinalizationInputs => ({ dataSetId, revisionId, jobs });

const scene = (...states: JobState[]) => {
  const service = new Simulator();
  const ids = states.map((state) => existing(service, s3Import(), state).id);
  const { dependencies, statuses, warnings } = host(service);
  const finalize = (asked = inputs(...ids)) => finalizeRevision(asked, dependencies);
  return { service, ids, statuses, warnings, dependencies, finalize };
};

describe("a revision's finalization", () => {
  it("finalizes the revision once every job has completed", async () => {
    const { service, ids, statuses, finalize } = scene("COMPLETED", "COMPLETED");
    expect(await finalize()).to.deep.equal({ ...inputs(...ids), finalized: true, __schema: 1 });
    expect(service.finalized.has(revisionId)).to.equal(true);
    expect(statuses.at(-1)).to.equal(`revision ${revisionId} is finalized`);
  });

  for (const state of ["WAITING", "ERROR", "CANCELLED", "TIMED_OUT"] as const) {
    it(`is refused while a job is ${state}`, async () => {
      const { service, ids, finalize } = scene("COMPLETED", state, "COMPLETED", "ERROR");
      const { code, message } = await failureOf(finalize(), CodedError);
      expect(code).to.equal("revision-jobs-unfinished");
      expect(message).to.contain(ids[1]);
      expect(service.count("setFinalized")).to.equal(0);
    });
  }

  it("is refused while the revision contains more assets than its jobs created", async () => {
    const { service, ids, finalize } = scene("COMPLETED", "COMPLETED");
    const asked = (assetCount: number) => finalize({ ...inputs(...ids), assetCount });
    const { code, message } = await failureOf(asked(1), CodedError);
    expect(code).to.equal("revision-has-other-assets");
    // The names of assets may be secret.
    for (const { id, name } of service.assets) expect(message).to.contain(id).and.not.contain(name);
    expect(service.finalized.size).to.equal(0);
    await asked(2);
    expect(service.finalized.size).to.equal(1);
  });

  it("treats a job whose record has expired as completed", async () => {
    const { service, ids, finalize } = scene("COMPLETED");
    await finalize(inputs(...ids, "gone"));
    expect(service.finalized.size).to.equal(1);
  });

  it("checks 150 jobs in one call", async () => {
    const { service, finalize } = scene(...Array<JobState>(150).fill("COMPLETED"));
    await finalize();
    expect([service.count("listJobs"), service.count("getJob")]).to.deep.equal([1, 0]);
  });

  it("calls GetJob for each job if ListJobs is denied", async () => {
    const { service, finalize } = scene("COMPLETED", "COMPLETED");
    service.fail("listJobs", "accessDenied");
    await finalize();
    expect([service.finalized.size, service.count("getJob")]).to.deep.equal([1, 2]);
  });

  it("retries while throttled, and when an answer is lost", async () => {
    const { service, finalize } = scene("COMPLETED");
    service
      .fail("setFinalized", "throttled", { times: 3 })
      .fail("setFinalized", "unavailable", { after: true });
    await finalize();
    expect(service.finalized.size).to.equal(1);
  });

  it("accepts a conflict only if the revision is finalized already", async () => {
    const { service, finalize } = scene("COMPLETED");
    service.finalized.add(revisionId);
    service.fail("setFinalized", "conflict");
    expect((await finalize()).finalized).to.equal(true);
    service.finalized.clear();
    service.fail("setFinalized", "conflict");
    expect(await codeOf(finalize())).to.equal("resource-conflict");
  });

  it("is read from the service, and undefined without its revision", async () => {
    const { service, dependencies } = scene();
    const olds = { ...inputs(), finalized: true, __schema: 1 };
    const read = () => readFinalization(olds, dependencies.session);
    expect(await read()).to.deep.equal({ ...olds, finalized: false });
    service.finalized.add(revisionId);
    expect(await read()).to.deep.equal(olds);
    service.fail("getRevision", "notFound");
    expect(await read()).to.equal(undefined);
  });

  it("is undone by a deletion, unless the revision is published or no longer exists", async () => {
    const { service, warnings, dependencies } = scene();
    const remove = () => deleteFinalization({ ...inputs(), finalized: true, __schema: 1 }, dependencies);
    service.finalized.add(revisionId);
    await remove();
    expect(service.finalized.size).to.equal(0);
    service.fail("setFinalized", "notFound");
    await remove();
    expect(warnings).to.deep.equal([]);
    service.finalized.add(revisionId);
    service.published.add(revisionId);
    await remove();
    expect(service.finalized.size).to.equal(1);
    expect(warnings).to.deep.equal(["published-revision-stays-finalized"]);
  });
});

describe("diffFinalization", () => {
  const region = "us-east-1";
  const olds = { ...inputs("a", "b"), region, finalized: true };
  const news = { ...inputs("b", "a"), region };

  const replaces = (name: string) => ({ replaces: [name], updates: false });
  const update = { replaces: [], updates: true };
  const cases: [title: string, olds: object, change: object, diff: object][] = [
    ["ignores the order of the jobs", olds, {}, { replaces: [], updates: false }],
    ["replaces it if dataSetId changes", olds, { dataSetId: "x" }, replaces("dataSetId")],
    ["replaces it if revisionId changes", olds, { revisionId: "x" }, replaces("revisionId")],
    ["replaces it if region changes", olds, { region: "x" }, replaces("region")],
    ["updates it if the jobs change", olds, { jobs: ["a"] }, update],
    ["updates it if the profile changes", olds, { profile: "p" }, update],
    ["updates it if the endpoint changes", olds, { endpoint: "http://e" }, update],
    ["updates it if the revision is open", { ...olds, finalized: false }, {}, update],
  ];
  for (const [title, before, change, diff] of cases) {
    it(title, () => expect(diffFinalization({ ...before }, { ...news, ...change })).to.deep.equal(diff));
  }
});

describe("checkFinalization", () => {
  const id = "a".repeat(32);
  const good = { dataSetId: id, revisionId: id, jobs: [id] };
  const problems = (change: object) =>
    checkFinalization({ ...good, ...change }).map(({ path, code }) => `${formatPath(path)} ${code}`);

  it("accepts ids, unknown values and the provider's own members", () => {
    expect(problems({ __provider: "code" })).to.deep.equal([]);
    expect(problems({ dataSetId: UNKNOWN, revisionId: UNKNOWN, jobs: UNKNOWN })).to.deep.equal([]);
    expect(problems({ jobs: [] })).to.deep.equal([]);
  });

  it("refuses bad values by their path", () => {
    expect(problems({ dataSetId: undefined })).to.deep.equal(["dataSetId missing-member"]);
    expect(problems({ jobs: [id, 7] })).to.deep.equal(["jobs[1] wrong-type"]);
    expect(problems({ region: "nowhere" })).to.deep.equal(["region wrong-format"]);
    expect(problems({ onDelete: "retain" })).to.deep.equal(["onDelete unknown-member"]);
  });
});
