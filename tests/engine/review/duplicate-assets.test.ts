/** Reviews after a failed run, compared with the assets that the next `pulumi up` leaves in the revision. */
import { expect } from "chai";

import type { FaultRule } from "../../../emulator";
import { Job } from "../../../index";
import { forEachHost } from "../../harness/hosts";
import { importArgs } from "../../harness/programs";
import { reviewProgram } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";

forEachHost("review of a job whose last run failed, on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ jobDuration: "20ms" });
  let revision: RevisionIds;

  before(() => shared.service.createBucket("source", { "a.csv": "a" }));
  beforeEach(async () => {
    await shared.stack.clearState();
    revision = await shared.service.createEmptyRevision();
  });

  const program = (trigger: number, options = {}) => {
    const args = importArgs(revision, ["a.csv"], { triggers: [trigger] });
    return () => {
      new Job("prices", args, options);
      return Promise.resolve();
    };
  };
  const up = async (trigger: number, options = {}) =>
    expectSuccess(await shared.stack.up(program(trigger, options)));
  const failingUp = async (fault: FaultRule, trigger: number, options = {}): Promise<void> => {
    const added = shared.service.local.faults.add(fault);
    expect((await shared.stack.up(program(trigger, options))).error).to.be.an("error");
    added.remove();
  };
  const twice = ["a.csv", "a.csv"];

  it("names the assets of a last run that could not list them", async () => {
    const { stack, service } = shared;
    await failingUp({ operation: "ListRevisionAssets", error: 403 }, 1);
    const result = await reviewProgram(stack, program(2));
    expect(result.warnings()).to.containSubset([{ cause: "last-run", assets: ["a.csv"] }]);
    await up(2);
    expect(await service.listAssetNames(revision)).to.deep.equal(twice);
  });

  it("names the assets of the run before the failed one, or warns that the preview hides them", async () => {
    const { stack, service } = shared;
    await up(1);
    await failingUp({ operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION" }, 2);
    const result = await reviewProgram(stack, program(2));
    expect(result.warningKinds()).to.deep.equal(["duplicate-assets earlier-run"]);
    expect(result.warnings()).to.containSubset([{ assets: ["a.csv"] }]);
    const blind = await reviewProgram(stack, program(2), { sames: false });
    expect(blind.warningKinds()).to.deep.equal(["duplicate-assets hidden-run"]);
    await up(2);
    expect(await service.listAssetNames(revision)).to.deep.equal(twice);
  });

  it("has the reason already-deleted if the replacement failed after the deletion", async () => {
    const options = { deleteBeforeReplace: true };
    await up(1, options);
    await failingUp({ operation: "CreateJob", error: 403 }, 2, options);
    const result = await reviewProgram(shared.stack, program(1, options));
    expect(result.reasonKinds()).to.deep.equal(["already-deleted"]);
  });
});
