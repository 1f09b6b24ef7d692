import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { createJob } from "../../../provider/core/create";
import type { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { host, idsOf, mortal, namesOf } from "../../simulation/host";
import { failureOf, hour, revisionId, s3Import, unfinishedOf, urn } from "../../simulation/samples";
import { setHost } from "../../simulation/set-host";
import type { SimulatorOptions } from "../../simulation/simulator-options";
import { Simulator } from "../../simulation/simulator";

const inputs = s3Import(["a", "b"]);

/** The first import creates `a` and not `b`. Each later one creates both. */
const failingOnce = (options: SimulatorOptions = {}) => {
  const details = { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "b" }] };
  const error = { code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "The object does not exist.", details };
  const service = new Simulator({
    ...options,
    outcome: ({ id }) => (id === "job1" ? { state: "ERROR", errors: [error] } : { state: "COMPLETED" }),
  });
  const advance = service.advance.bind(service);
  service.advance = () => {
    const running = service.jobs.filter(({ state }) => state === "IN_PROGRESS");
    advance();
    for (const job of running.filter(({ state }) => state === "ERROR")) {
      const created = structuredClone(job);
      created.details.importAssetsFromS3!.assetSources = [{ bucket: "source", key: "a" }];
      service.complete(created);
    }
  };
  return service;
};

type Failed = Pick<UnfinishedJobError, "id" | "outputs">;

/** The run that fails. */
const fail = (service: Simulator, of = inputs): Promise<Failed> =>
  unfinishedOf(host(service).create(of, urn));

/** The next run, whose process knows only the state. */
const retry = async (process: ReturnType<typeof host>, { id, outputs }: Failed, of = inputs) => {
  expect(process.diff(id, outputs, of, urn).replaces).to.deep.equal(["state"]);
  const created = await process.create(of, urn);
  await process.delete(id, outputs);
  return created.outputs;
};

const namesIn = (service: Simulator) => namesOf(service.assets).sort();

describe("the retry of an import that failed in part", () => {
  for (const onDelete of ["retain", "deleteAssets"] as const) {
    it(`deletes the assets of the failed run before CreateJob, with onDelete: "${onDelete}"`, async () => {
      const service = failingOnce();
      const own = { ...inputs, onDelete };
      const { assets } = await retry(host(service), await fail(service, own), own);
      expect(namesIn(service)).to.deep.equal(["a", "b"]);
      expect(idsOf(assets)).to.have.members(idsOf(service.assets));
      // A revision is never finalized with an asset twice.
      const story = service.story();
      expect(story.indexOf("deleteAsset")).to.be.below(story.lastIndexOf("createJob"));
    });
  }

  it("waits until the assets of the failed run are listed", async () => {
    const service = failingOnce({ listingLag: 5_000 });
    const process = host(service);
    expect((await retry(process, await fail(service))).assets).to.have.length(2);
    expect(namesIn(service)).to.deep.equal(["a", "b"]);
    expect(process.warnings).to.deep.equal([]);
  });

  it("deletes assets that were listed after the run had failed", async () => {
    const service = failingOnce({ listingLag: 50_000 });
    const failed = await fail(service);
    expect(failed.outputs).to.deep.include({ assets: [], __incomplete: true });
    await service.clock.pass(hour);
    await retry(host(service), failed);
    expect(namesIn(service)).to.deep.equal(["a", "b"]);
  });

  it("keeps the assets of a finalized revision, and warns", async () => {
    const service = failingOnce();
    const failed = await fail(service);
    service.finalized.add(revisionId);
    const process = host(service);
    process.diff(failed.id, failed.outputs, inputs, urn);
    await process.create(inputs, urn);
    expect(namesIn(service)).to.deep.equal(["a", "a", "b"]);
    expect(process.warnings).to.deep.equal(["finalized-revision-keeps-assets"]);
  });

  it("keeps assets that may be another job's of the same time, and warns", async () => {
    const service = failingOnce();
    const other = service.clock.pass(1).then(() => host(service, { machine: {} }).create(s3Import(["a"])));
    const process = host(service);
    await retry(process, await fail(service));
    await other;
    expect(namesIn(service).filter((name) => name === "a").length).to.be.greaterThan(1);
    expect(process.warnings).to.deep.equal(["ambiguous-assets-kept"]);
  });

  it("runs once, and keeps its own assets, if its process is killed at any call", async () => {
    for (let last = 1; last <= 14; last++) {
      const service = failingOnce({ duration: 2_000 });
      const failed = await fail(service);
      const killed = host(mortal(service, last, true));
      killed.diff(failed.id, failed.outputs, inputs, urn);
      void killed.create(inputs, urn);
      await service.clock.pass(10_000);
      const { assets } = await retry(host(service), failed);
      expect(service.effects(), `killed at call ${last}`).to.have.length(2);
      expect(namesIn(service), `killed at call ${last}`).to.deep.equal(["a", "b"]);
      expect(assets).to.have.length(2);
    }
  });

  it("keeps the assets that the retry of another process created, which shared the failed job", async () => {
    const service = failingOnce();
    const [one, two] = await Promise.all(
      [{}, {}].map(async (machine) => {
        const failed = await unfinishedOf(host(service, { machine }).create(inputs, urn));
        return { machine, failed };
      }),
    );
    const [maker, other] = one!.failed.outputs.__shared ? [two!, one!] : [one!, two!];
    const { assets } = await retry(host(service, maker), maker.failed);
    const process = host(service, other);
    await retry(process, other.failed);
    expect(process.warnings).to.deep.equal(["shared-assets-kept"]);
    expect(idsOf(service.assets)).to.include.members(idsOf(assets));
  });

  for (const [when, machine, first] of [
    ["after the new job, on a machine without its record", {}, false],
    ["before the new job, as with deleteBeforeReplace", {}, true],
    ["after the new job, on the machine that has its record", undefined, false],
  ] as const) {
    it(`deletes its assets if it is deleted ${when} without a diff, as with --replace`, async () => {
      const service = failingOnce();
      const { id, outputs } = await unfinishedOf(host(service, { machine }).create(inputs, urn));
      const process = host(service);
      if (first) await process.delete(id, outputs, urn);
      await process.create(inputs, urn);
      if (!first) await process.delete(id, outputs, urn);
      expect(namesIn(service)).to.deep.equal(["a", "b"]);
    });
  }
});

const impatient = s3Import(["a.csv"], { timeouts: { run: "10s" }, onDelete: "deleteAssets" });
const patient: JobInputs = { ...impatient, timeouts: {} };

/** A run that gives up before its job has ended, so that the state names the job with an error. */
async function giveUp(create: Promise<unknown>, { clock }: Simulator): Promise<UnfinishedJobError> {
  const given = unfinishedOf(create);
  await clock.pass(hour);
  return given;
}

describe("the replacement of a job that is in state with an error", () => {
  for (const priorState of ["unread", undefined] as const) {
    it(`runs a completed job again, and keeps only its assets, with priorState ${priorState}`, async () => {
      const service = new Simulator({ duration: 60_000 });
      const old = await giveUp(host(service).create(impatient, urn), service);
      const { dependencies, delete: remove } = host(service);
      const { id, outputs } = await createJob(patient, { ...dependencies, urn, priorState });
      await remove(old.id, old.outputs, urn);
      expect(id).to.not.equal(old.id);
      expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets)).and.have.length(1);
    });
  }

  it("adopts a job that still runs, and the deletion of the old job keeps it and its assets", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const old = await giveUp(host(service).create(impatient, urn), service);
    const process = host(service);
    const { id, outputs } = await process.create(patient, urn);
    await process.delete(old.id, old.outputs, urn);
    expect([id, service.effects()]).to.deep.equal([old.id, [old.id]]);
    expect(idsOf(service.assets)).to.deep.equal(idsOf(outputs.assets));
  });

  it("runs a second job beside one that still runs, if the user asks for the replacement", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const old = await giveUp(host(service).create(impatient, urn), service);
    const { dependencies } = host(service);
    const { id } = await createJob(patient, { ...dependencies, urn, priorState: "unread" });
    expect(service.effects()).to.deep.equal([old.id, id]);
  });

  it("adopts a job that a crash kept out of the state, because the diff shows another job in state", async () => {
    const service = new Simulator({ duration: 60_000 });
    const first = await host(service).create(s3Import(["a.csv"], { triggers: [1] }), urn);
    const changed = { ...impatient, triggers: [2] };
    const [replacing, next] = [host(service), host(service)];
    replacing.diff(first.id, first.outputs, changed, urn);
    const lost = await giveUp(replacing.create(changed, urn), service);
    next.diff(first.id, first.outputs, changed, urn);
    const { id } = await createJob(changed, { ...next.dependencies, urn, priorState: "unread" });
    expect([id, service.effects()]).to.deep.equal([lost.id, [first.id, id]]);
  });

  it("adopts a job of a set that a crash kept out of the state", async () => {
    const service = new Simulator({ duration: 60_000 });
    const set = (...names: string[]): JobSetInputs => ({
      jobs: Object.fromEntries(names.map((name) => [name, s3Import([`${name}.csv`])])),
    });
    const state = await setHost(service).create(set("one"));
    const more = { ...set("one", "two"), timeouts: { run: "10s" } };
    const lost = failureOf(setHost(service).update(state, more));
    await service.clock.pass(hour);
    await lost;
    const starts = service.effects().length;
    await setHost(service).update(state, more);
    expect(service.effects()).to.have.length(starts);
  });
});
