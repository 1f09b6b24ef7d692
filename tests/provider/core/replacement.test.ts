import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { createJob } from "../../../provider/core/create";
import { UnfinishedJobError } from "../../../provider/core/errors";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { host, mortal } from "../support/host";
import { failureOf, hour, revisionId, s3Import, urn } from "../support/samples";
import { setHost } from "../support/set-host";
import type { SimulatorOptions } from "../support/simulator";
import { Simulator } from "../support/simulator";

/** The first import makes `a` and not `b`, and says so; each later one makes all. */
const failingOnce = (options: SimulatorOptions = {}) => {
  const service = new Simulator({
    ...options,
    outcome: ({ id }) =>
      id === "job1"
        ? {
            state: "ERROR",
            errors: [
              {
                code: "RESOURCE_NOT_FOUND_EXCEPTION",
                message: "The object does not exist.",
                details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "b" }] },
              },
            ],
          }
        : { state: "COMPLETED" },
  });
  const advance = service.advance.bind(service);
  service.advance = () => {
    const running = service.jobs.filter(({ state }) => state === "IN_PROGRESS");
    advance();
    for (const job of running.filter(({ state }) => state === "ERROR")) {
      const made = structuredClone(job);
      made.details.importAssetsFromS3!.assetSources = [{ bucket: "source", key: "a" }];
      service.complete(made);
    }
  };
  return service;
};

const names = (service: Simulator) => service.assets.map(({ name }) => name).sort();

/** The run that fails, and the next one, whose process knows the state and nothing else. */
const retried = async (service: Simulator, inputs = s3Import(["a", "b"])) => {
  const { id, outputs } = await failureOf(host(service).create(inputs, urn), UnfinishedJobError);
  const process = host(service);
  expect(process.diff(id, outputs, inputs, urn).replaces).to.deep.equal(["state"]);
  const made = await process.create(inputs, urn);
  await process.delete(id, outputs);
  return { ...made, process };
};

describe("the retry of an import that failed in part", () => {
  for (const onDelete of ["retain", "deleteAssets"] as const) {
    it(`takes away what the failed run left, with onDelete: "${onDelete}"`, async () => {
      const service = failingOnce();
      const { outputs } = await retried(service, s3Import(["a", "b"], { onDelete }));
      expect(names(service)).to.deep.equal(["a", "b"]);
      expect(outputs.assets.map(({ id }) => id)).to.have.members(service.assets.map(({ id }) => id));
    });
  }

  it("takes it away before its own job exists, so that no revision is finalized with doubles", async () => {
    const service = failingOnce();
    await retried(service);
    const story = service.story();
    expect(story.indexOf("deleteAsset")).to.be.below(story.lastIndexOf("createJob"));
  });

  it("waits until what the failed run left is listed, so that a retry at once finds it", async () => {
    const service = failingOnce({ listingLag: 5_000 });
    const { outputs, process } = await retried(service);
    expect(names(service)).to.deep.equal(["a", "b"]);
    expect(outputs.assets).to.have.length(2);
    expect(process.warnings).to.deep.equal([]);
  });

  it("finds what was listed only after the run had failed", async () => {
    const service = failingOnce({ listingLag: 50_000 });
    const { id, outputs } = await failureOf(
      host(service).create(s3Import(["a", "b"]), urn),
      UnfinishedJobError,
    );
    expect(outputs).to.deep.include({ assets: [], __incomplete: true });
    await service.clock.pass(hour);
    const process = host(service);
    process.diff(id, outputs, s3Import(["a", "b"]), urn);
    await process.create(s3Import(["a", "b"]), urn);
    expect(names(service)).to.deep.equal(["a", "b"]);
  });

  it("leaves what a finalized revision holds, and warns", async () => {
    const service = failingOnce();
    const { id, outputs } = await failureOf(
      host(service).create(s3Import(["a", "b"]), urn),
      UnfinishedJobError,
    );
    service.finalized.add(revisionId);
    const process = host(service);
    process.diff(id, outputs, s3Import(["a", "b"]), urn);
    await process.create(s3Import(["a", "b"]), urn);
    expect(names(service)).to.deep.equal(["a", "a", "b"]);
    expect(process.warnings).to.deep.equal(["finalized-revision-keeps-assets"]);
  });

  it("leaves what may be another job's of the same time, and warns", async () => {
    const service = failingOnce();
    const other = service.clock.pass(1).then(() => host(service, { machine: {} }).create(s3Import(["a"])));
    const { process } = await retried(service);
    await other;
    expect(names(service).filter((name) => name === "a").length).to.be.greaterThan(1);
    expect(process.warnings).to.deep.equal(["ambiguous-assets-kept"]);
  });

  it("finds the job of a retry that was killed, whose assets are not the failed run's", async () => {
    for (let last = 1; last <= 14; last++) {
      const service = failingOnce({ duration: 2_000 });
      const inputs = s3Import(["a", "b"]);
      const { id, outputs } = await failureOf(host(service).create(inputs, urn), UnfinishedJobError);
      const killed = host(mortal(service, last, true));
      killed.diff(id, outputs, inputs, urn);
      void killed.create(inputs, urn);
      await service.clock.pass(10_000);
      const process = host(service);
      process.diff(id, outputs, inputs, urn);
      const made = await process.create(inputs, urn);
      expect(service.effects(), `killed at call ${last}`).to.have.length(2);
      expect(names(service), `killed at call ${last}`).to.deep.equal(["a", "b"]);
      expect(made.outputs.assets).to.have.length(2);
    }
  });

  it("leaves alone what the retry of another process has made, which made the job that both had", async () => {
    const service = failingOnce();
    const inputs = s3Import(["a", "b"]);
    const [one, two] = await Promise.all(
      [{}, {}].map(async (machine) => ({
        machine,
        ...(await failureOf(host(service, { machine }).create(inputs, urn), UnfinishedJobError)),
      })),
    );
    const [maker, other] = one!.outputs.__shared ? [two!, one!] : [one!, two!];
    const retry = ({ machine, id, outputs }: typeof maker) => {
      const process = host(service, { machine });
      process.diff(id, outputs, inputs, urn);
      return process.create(inputs, urn).then((made) => ({ ...made, warnings: process.warnings }));
    };
    const { outputs } = await retry(maker);
    const { warnings } = await retry(other);
    expect(warnings).to.deep.equal(["shared-assets-kept"]);
    expect(service.assets.map(({ id }) => id)).to.include.members(outputs.assets.map(({ id }) => id));
  });

  for (const [when, known, first] of [
    ["after the new job, on a machine without its record", {}, false],
    ["before the new job, as with deleteBeforeReplace", {}, true],
    ["after the new job, on the machine that has its record", undefined, false],
  ] as const) {
    it(`takes it away without a diff, as with --replace, when it is deleted ${when}`, async () => {
      const service = failingOnce();
      const inputs = s3Import(["a", "b"]);
      const failed = host(service, known && { machine: known });
      const { id, outputs } = await failureOf(failed.create(inputs, urn), UnfinishedJobError);
      const process = host(service);
      if (first) await process.delete(id, outputs, urn);
      await process.create(inputs, urn);
      if (!first) await process.delete(id, outputs, urn);
      expect(names(service)).to.deep.equal(["a", "b"]);
    });
  }
});

/** A run that gives up before its job has ended, so that the state names the job with an error. */
async function givenUp(service: Simulator, inputs: JobInputs): Promise<UnfinishedJobError> {
  const given = failureOf(host(service).create(inputs, urn), UnfinishedJobError);
  await service.clock.pass(hour);
  return given;
}

const inputs = s3Import(["a.csv"], { timeouts: { run: "10s" }, onDelete: "deleteAssets" });

const assetIds = (assets: readonly { id: string }[]) => assets.map(({ id }) => id);

describe("a replacement of a job that is in state with an error", () => {
  for (const priorState of ["unread", undefined] as const) {
    const what = priorState ? "of which the check tells" : "of which nothing tells";

    it(`${what} runs a completed job again, and its assets alone are left`, async () => {
      const service = new Simulator({ duration: 60_000 });
      const old = await givenUp(service, inputs);
      const { dependencies, delete: remove } = host(service);
      const { id, outputs } = await createJob(
        { ...inputs, timeouts: {} },
        { ...dependencies, urn, priorState },
      );
      await remove(old.id, old.outputs, urn);
      expect(id).to.not.equal(old.id);
      expect(assetIds(service.assets)).to.deep.equal(assetIds(outputs.assets));
      expect(outputs.assets).to.have.length(1);
    });
  }

  it("takes over a job that still runs, and the deletion of the former leaves it and its assets", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const old = await givenUp(service, inputs);
    const process = host(service);
    const { id, outputs } = await process.create({ ...inputs, timeouts: {} }, urn);
    await process.delete(old.id, old.outputs, urn);
    expect([id, service.effects()]).to.deep.equal([old.id, [old.id]]);
    expect(assetIds(service.assets)).to.deep.equal(assetIds(outputs.assets));
  });

  it("runs another job beside one that still runs where the check tells that it is in state", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const old = await givenUp(service, inputs);
    const { dependencies } = host(service);
    const { id } = await createJob(
      { ...inputs, timeouts: {} },
      { ...dependencies, urn, priorState: "unread" },
    );
    expect(service.effects()).to.deep.equal([old.id, id]);
  });

  it("takes over a job that a crash kept from the state, because the diff shows that the state names another", async () => {
    const service = new Simulator({ duration: 60_000 });
    const first = await host(service).create(s3Import(["a.csv"], { triggers: [1] }), urn);
    const changed = { ...inputs, triggers: [2] };
    const replacing = host(service);
    replacing.diff(first.id, first.outputs, changed, urn);
    const lost = failureOf(replacing.create(changed, urn), UnfinishedJobError);
    await service.clock.pass(hour);
    const next = host(service);
    next.diff(first.id, first.outputs, changed, urn);
    const { dependencies } = next;
    const { id } = await createJob(changed, { ...dependencies, urn, priorState: "unread" });
    expect([id, service.effects()]).to.deep.equal([(await lost).id, [first.id, id]]);
  });

  it("takes over a job of a set that a crash kept from the state, because the update shows what the state names", async () => {
    const service = new Simulator({ duration: 60_000 });
    const set = (...names: string[]): JobSetInputs => ({
      jobs: Object.fromEntries(names.map((name) => [name, s3Import([`${name}.csv`])])),
    });
    const state = await setHost(service).create(set("one"));
    const more = set("one", "two");
    const lost = failureOf(setHost(service).update(state, { ...more, timeouts: { run: "10s" } }));
    await service.clock.pass(hour);
    await lost;
    const starts = service.effects().length;
    await setHost(service).update(state, { ...more, timeouts: { run: "10s" } });
    expect(service.effects()).to.have.length(starts);
  });
});
