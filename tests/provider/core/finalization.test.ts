import { expect } from "chai";

import type { FinalizationInputs } from "../../../provider/core/finalization-inputs";
import { checkFinalization, diffFinalization } from "../../../provider/core/finalization-inputs";
import { deleteFinalization, finalizeRevision, readFinalization } from "../../../provider/core/finalization";
import { UNKNOWN, formatPath } from "../../../service-model/validate";
import type { JobState } from "../../../service-model/job";
import { host } from "../support/host";
import { dataSetId, existing, failureOf, revisionId, s3Import } from "../support/samples";
import { Simulator } from "../support/simulator";

const inputs = (...jobs: string[]): FinalizationInputs => ({ dataSetId, revisionId, jobs });

const scene = (...states: JobState[]) => {
  const service = new Simulator();
  const ids = states.map((state) => existing(service, s3Import(), state).id);
  const { session, statuses, warnings } = host(service);
  const reporter = {
    status: (text: string) => void statuses.push(text),
    note: () => undefined,
    warn: (text: string) => void warnings.push(text),
  };
  return { service, ids, session, statuses, warnings, surroundings: { session, reporter } };
};

describe("a revision's finalization", () => {
  it("happens when every job has completed, and says so", async () => {
    const { service, ids, statuses, surroundings } = scene("COMPLETED", "COMPLETED");
    const outputs = await finalizeRevision(inputs(...ids), surroundings);
    expect(outputs).to.deep.equal({ ...inputs(...ids), finalized: true, __schema: 1 });
    expect(service.finalized.has(revisionId)).to.equal(true);
    expect(statuses.at(-1)).to.equal(`revision ${revisionId} is finalized`);
  });

  for (const state of ["WAITING", "ERROR", "CANCELLED", "TIMED_OUT"] as const) {
    it(`never happens while a job is ${state}, and the sentence names it`, async () => {
      const { service, ids, surroundings } = scene("COMPLETED", state, "COMPLETED", "ERROR");
      const { message } = await failureOf(finalizeRevision(inputs(...ids), surroundings));
      expect(message).to.equal(
        `Revision ${revisionId} of data set ${dataSetId} is not finalized, because job ${ids[1]} is ${state}, and ` +
          "1 more have not completed either. Run `pulumi up` again when the jobs have completed.",
      );
      expect(service.finalized.size).to.equal(0);
      expect(service.count("setFinalized")).to.equal(0);
    });
  }

  it("never happens while the revision holds more assets than its jobs made, and the sentence names the doubles", async () => {
    const { service, ids, surroundings } = scene("COMPLETED", "COMPLETED");
    const { message } = await failureOf(finalizeRevision({ ...inputs(...ids), assetCount: 1 }, surroundings));
    expect(message).to.equal(
      `Revision ${revisionId} of data set ${dataSetId} is not finalized, because it holds 2 assets and its jobs made 1; ` +
        "more than once: a.csv. Delete the assets that do not belong there and run `pulumi up` again, or change the " +
        "contents, which makes a new revision.",
    );
    expect(service.finalized.size).to.equal(0);
    await finalizeRevision({ ...inputs(...ids), assetCount: 2 }, surroundings);
    expect(service.finalized.size).to.equal(1);
  });

  it("takes a job whose record has expired for completed", async () => {
    const { service, ids, surroundings } = scene("COMPLETED");
    await finalizeRevision(inputs(...ids, "gone"), surroundings);
    expect(service.finalized.size).to.equal(1);
  });

  it("asks for 200 jobs in one call", async () => {
    const { service, ids, surroundings } = scene(...Array<JobState>(150).fill("COMPLETED"));
    await finalizeRevision(inputs(...ids), surroundings);
    expect(service.story()).to.deep.equal(["listJobs", "setFinalized"]);
  });

  it("goes without the right to list jobs", async () => {
    const { service, ids, surroundings } = scene("COMPLETED", "COMPLETED");
    service.fail("listJobs", "accessDenied");
    await finalizeRevision(inputs(...ids), surroundings);
    expect(service.story()).to.deep.equal(["listJobs", "getJob", "getJob", "setFinalized"]);
  });

  it("is tried again while throttled, and when its answer is lost", async () => {
    const { service, ids, surroundings } = scene("COMPLETED");
    service
      .fail("setFinalized", "throttled", { times: 3 })
      .fail("setFinalized", "unavailable", { after: true });
    await finalizeRevision(inputs(...ids), surroundings);
    expect(service.finalized.size).to.equal(1);
  });

  it("may find the revision finalized already, and not where the service refuses for another reason", async () => {
    const { service, ids, surroundings } = scene("COMPLETED");
    service.finalized.add(revisionId);
    service.fail("setFinalized", "conflict");
    expect((await finalizeRevision(inputs(...ids), surroundings)).finalized).to.equal(true);
    service.finalized.clear();
    service.fail("setFinalized", "conflict");
    expect((await failureOf(finalizeRevision(inputs(...ids), surroundings))).message).to.match(
      /^Revision \w+ of data set \w+ is not finalized: SetFinalized failed with ConflictException/,
    );
  });

  it("is read as it stands, and gone with its revision", async () => {
    const { service, session } = scene();
    const olds = { ...inputs(), finalized: true, __schema: 1 };
    expect(await readFinalization(olds, session)).to.deep.equal({ ...olds, finalized: false });
    service.finalized.add(revisionId);
    expect(await readFinalization(olds, session)).to.deep.equal(olds);
    service.fail("getRevision", "notFound");
    expect(await readFinalization(olds, session)).to.equal(undefined);
  });

  it("is taken back, unless the revision is published or gone", async () => {
    const { service, warnings, surroundings } = scene();
    const olds = { ...inputs(), finalized: true, __schema: 1 };
    service.finalized.add(revisionId);
    await deleteFinalization(olds, surroundings);
    expect(service.finalized.size).to.equal(0);
    service.fail("setFinalized", "notFound");
    await deleteFinalization(olds, surroundings);
    expect(warnings).to.deep.equal([]);
    service.finalized.add(revisionId);
    service.published.add(revisionId);
    await deleteFinalization(olds, surroundings);
    expect(service.finalized.size).to.equal(1);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain("is published").and.to.contain("stays finalized");
  });
});

describe("a change of a finalization", () => {
  const region = "us-east-1";
  const olds = { ...inputs("a", "b"), region, finalized: true };
  const news = { ...inputs("b", "a"), region };

  it("is none when the jobs are named in another order", () =>
    expect(diffFinalization(olds, news)).to.deep.equal({ replaces: [], updates: false }));

  for (const name of ["dataSetId", "revisionId", "region"]) {
    it(`of ${name} replaces it`, () =>
      expect(diffFinalization(olds, { ...news, [name]: "other" }).replaces).to.deep.equal([name]));
  }

  it("of the jobs or the way to the service is made in place", () => {
    for (const change of [{ jobs: ["a"] }, { profile: "p" }, { endpoint: "http://e" }])
      expect(diffFinalization(olds, { ...news, ...change })).to.deep.equal({ replaces: [], updates: true });
  });

  it("is one when somebody has opened the revision", () =>
    expect(diffFinalization({ ...olds, finalized: false }, news)).to.deep.equal({
      replaces: [],
      updates: true,
    }));
});

describe("a finalization's inputs", () => {
  const id = "a".repeat(32);
  const good = { dataSetId: id, revisionId: id, jobs: [id] };
  const problems = (change: object) =>
    checkFinalization({ ...good, ...change }).map(({ path, code }) => `${formatPath(path)} ${code}`);

  it("are good with ids, and with ids that are not known yet", () => {
    expect(problems({ __provider: "code" })).to.deep.equal([]);
    expect(problems({ dataSetId: UNKNOWN, revisionId: UNKNOWN, jobs: UNKNOWN })).to.deep.equal([]);
    expect(problems({ jobs: [] })).to.deep.equal([]);
  });

  it("are refused by their path", () => {
    expect(problems({ dataSetId: undefined })).to.deep.equal(["dataSetId missing-member"]);
    expect(problems({ jobs: [id, 7] })).to.deep.equal(["jobs[1] wrong-type"]);
    expect(problems({ region: "nowhere" })).to.deep.equal(["region wrong-format"]);
    expect(problems({ onDelete: "retain" })).to.deep.equal(["onDelete unknown-member"]);
  });
});
