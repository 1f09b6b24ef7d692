import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { host } from "../support/host";
import { mortal } from "../support/killed-at-call";
import { failureOf, s3Import, tagPolicyImport } from "../support/samples";
import { Simulator } from "../support/simulator";

const urn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:Job::prices";
const idsOf = (assets: readonly { id: string }[]) => assets.map(({ id }) => id);

/** Another stack's job for the same work, which has run at the same time. */
const otherStack = (service: Simulator, inputs: JobInputs) =>
  host(service, { machine: {} }).create({ ...inputs, adopt: "none" });

/** Somebody deletes the assets that the other stack's state does not name. */
const loseOwn = (service: Simulator, others: readonly { id: string }[]) => {
  const kept = service.assets.filter(({ id }) => idsOf(others).includes(id));
  service.assets.splice(0, Infinity, ...kept);
};

describe("assets of another job of the same time", () => {
  for (const inputs of [s3Import(["a"]), tagPolicyImport()]) {
    it(`stay when what an interrupted ${inputs.type} left is taken away, and a warning says so`, async () => {
      const service = new Simulator({ duration: 2_000 });
      void host(mortal(service, 5, true)).create({ ...inputs, triggers: [1] }, urn);
      await service.clock.pass(500);
      const other = await otherStack(service, inputs);
      loseOwn(service, other.outputs.assets);
      const { create, warnings } = host(service);
      await create({ ...inputs, triggers: [2] }, urn);
      expect(idsOf(service.assets)).to.include.members(idsOf(other.outputs.assets));
      expect(warnings).to.deep.equal(["ambiguous-assets-kept"]);
    });
  }

  it("stay when a job is deleted whose wait had run out", async () => {
    const service = new Simulator({ duration: 20_000 });
    const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
    const others = service.clock.pass(100).then(() => otherStack(service, inputs));
    const waiting = host(service).create({ ...inputs, timeouts: { run: "5s" } }, urn);
    const { id, outputs } = await failureOf(waiting, UnfinishedJobError);
    const other = await others;
    loseOwn(service, other.outputs.assets);
    const process = host(service);
    await process.delete(id, outputs, urn);
    expect(idsOf(service.assets)).to.deep.equal(idsOf(other.outputs.assets));
    expect(process.warnings).to.deep.equal(["ambiguous-assets-kept"]);
  });

  it("do not keep a retry from taking away what the retry before it has left", async () => {
    const error = { code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "no" };
    const importAssetsFromS3JobErrorDetails = [{ bucket: "source", key: "b" }];
    const errors = [{ ...error, details: { importAssetsFromS3JobErrorDetails } }];
    const service = new Simulator({ duration: 1_000, outcome: () => ({ state: "ERROR", errors }) });
    const inputs = s3Import(["a", "b"]);
    let state: { id: string; outputs: UnfinishedJobError["outputs"] } | undefined;
    for (let run = 1; run <= 4; run++) {
      const process = host(service);
      if (state) process.diff(state.id, state.outputs, inputs, urn);
      const failing = failureOf(process.create(inputs, urn), UnfinishedJobError);
      await service.clock.pass(900);
      const running = service.jobs.find((job) => job.state === "IN_PROGRESS");
      if (running) {
        running.details = s3Import(["a"]).details;
        service.complete(Object.assign(running, { updatedAt: service.clock.iso() }));
        running.details = inputs.details;
      }
      state = await failing;
      expect(idsOf(service.assets), `run ${run}`).to.have.length(1);
    }
  });
});

describe("two imports by tag policies with one role into one revision", () => {
  it("have the assets of their own policy each", async () => {
    const service = new Simulator();
    const { create, warnings } = host(service);
    const made = await Promise.all(
      [tagPolicyImport("one"), tagPolicyImport("two")].map((inputs) => create(inputs)),
    );
    for (const { id, outputs } of made) {
      const [asset] = outputs.assets;
      const shown = service.assets.find((other) => other.id === asset!.id);
      const { details } = service.jobs.find((job) => job.id === id)!;
      const { expression } = details.importAssetsFromLakeFormationTagPolicy!.database as {
        expression: unknown;
      };
      expect(JSON.stringify(shown)).to.contain(JSON.stringify(expression));
    }
    expect(warnings).to.deep.equal([]);
  });
});
