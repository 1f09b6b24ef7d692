/** What the review says of assets that come twice after a run that did not end well, and what is then in the revision. */
import { expect } from "chai";

import type { FaultRule } from "../../../emulator";
import { Job } from "../../../index";
import {
  previewAsJson,
  reasonKinds,
  reviewPreview,
  warningKinds,
  warningsOf,
} from "../../harness/review-result";
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

  it("knows the assets of a last run that could not list them", async () => {
    const { stack, service } = shared;
    await fails(() => stack.up(program(1)), { operation: "ListRevisionAssets", error: 403 });
    const result = reviewPreview(await previewAsJson(stack, program(2)));
    expect(warningsOf(result)).to.containSubset([{ cause: "last-run", assets: ["a.csv"] }]);
    expectSuccess(await stack.up(program(2)));
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv", "a.csv"]);
  });

  it("knows the assets of the run before a failed one, or that the preview hides them", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program(1)));
    const fault = { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION" };
    await fails(() => stack.up(program(2)), fault);
    const result = reviewPreview(await previewAsJson(stack, program(2)));
    expect(warningKinds(result)).to.deep.equal(["duplicate-assets earlier-run"]);
    expect(warningsOf(result)).to.containSubset([{ assets: ["a.csv"] }]);
    const blind = reviewPreview(await previewAsJson(stack, program(2), { sames: false }));
    expect(warningKinds(blind)).to.deep.equal(["duplicate-assets hidden-run"]);
    expectSuccess(await stack.up(program(2)));
    expect(await service.listAssetNames(place)).to.deep.equal(["a.csv", "a.csv"]);
  });

  it("knows a job that was deleted for its replacement", async () => {
    const { stack } = shared;
    const options = { deleteBeforeReplace: true };
    expectSuccess(await stack.up(program(1, options)));
    await fails(() => stack.up(program(2, options)), { operation: "CreateJob", error: 403 });
    const result = reviewPreview(await previewAsJson(stack, program(1, options)));
    expect(reasonKinds(result)).to.deep.equal(["already-deleted"]);
  });

  it("is right that a replacement trigger runs the job", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program(1, { replacementTrigger: "one" })));
    const result = reviewPreview(await previewAsJson(stack, program(1, { replacementTrigger: "two" })));
    expect(result.headline).to.match(/^1 job runs again/);
    const jobs = service.local.jobs().length;
    expectSuccess(await stack.up(program(1, { replacementTrigger: "two" })));
    expect(service.local.jobs()).to.have.length(jobs + 1);
  });
});
