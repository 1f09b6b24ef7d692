/** `--replace`, `taint` and `replacementTrigger` replace what the state names, and the provider is asked for no diff. */
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { createJob } from "../../../provider/core/create";
import { host } from "../support/host";
import { failureOf, hour, s3Import } from "../support/samples";
import { setHost } from "../support/set-host";
import { Simulator } from "../support/simulator";

const urn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:Job::prices";

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
