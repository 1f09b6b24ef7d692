/** What the review says of assets that come twice after a run that did not end well, and what is then in the revision. */
import { expect } from "chai";

import type { FaultRule } from "../../../emulator";
import { Job } from "../../../index";
import { previewAsJson, reasonsOf, reviewPreview, warningsOf } from "../../harness/review-result";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";

describe("a review after a run that did not end well", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: "20ms" });
  let place: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("source", { "a.csv": "a" }));
  beforeEach(async () => {
    await shared.stack.clearState();
    place = await shared.service.createEmptyRevision();
  });

  const program = (trigger: number, options = {}) => {
    const args = importArgs(place, ["a.csv"], { triggers: [trigger] });
    return () => {
      new Job("prices", args, options);
      return Promise.resolve();
    };
  };

  async function fails(run: () => Promise<{ error?: Error }>, fault: FaultRule): Promise<void> {
    const planted = shared.service.local.faults.add(fault);
    expect((await run()).error).to.be.an("error");
    planted.remove();
  }

  it("knows what the run made, when its assets could not be listed", async () => {
    const { stack, service } = shared;
    await fails(() => stack.up(program(1)), { operation: "ListRevisionAssets", error: 403 });
    const told = reviewPreview(await previewAsJson(stack, program(2)));
    expect(warningsOf(told)[0]).to.match(/^revision ID is the same, so 1 asset will be in it twice: a\.csv;/);
    expectSuccess(await stack.up(program(2)));
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv", "a.csv"]);
  });

  it("knows what the run before it made, or says that it cannot know", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program(1)));
    const fault = { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION" };
    await fails(() => stack.up(program(2)), fault);
    const told = reviewPreview(await previewAsJson(stack, program(2)));
    expect(warningsOf(told)).to.have.length(1);
    expect(warningsOf(told)[0]).to.match(/will be in it twice: a\.csv; what is there is of an earlier run/);
    const blind = reviewPreview(await previewAsJson(stack, program(2), { sames: false }));
    expect(warningsOf(blind)[0]).to.contain("only pulumi preview --show-replacement-steps shows");
    expectSuccess(await stack.up(program(2)));
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv", "a.csv"]);
  });

  it("knows a job that was deleted to be replaced", async () => {
    const { stack } = shared;
    const options = { deleteBeforeReplace: true };
    expectSuccess(await stack.up(program(1, options)));
    await fails(() => stack.up(program(2, options)), { operation: "CreateJob", error: 403 });
    expect(reasonsOf(reviewPreview(await previewAsJson(stack, program(1, options))))).to.deep.equal([
      "it was deleted to be replaced, and the new job is missing",
    ]);
  });

  it("says that a replacement trigger runs the job, and it does", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program(1, { replacementTrigger: "one" })));
    const told = reviewPreview(await previewAsJson(stack, program(1, { replacementTrigger: "two" })));
    expect(told.headline).to.match(/^1 job runs again/);
    const jobs = service.local.jobs().length;
    expectSuccess(await stack.up(program(1, { replacementTrigger: "two" })));
    expect(service.local.jobs()).to.have.length(jobs + 1);
  });
});
