import { expect } from "chai";
import type { CustomResourceOptions } from "@pulumi/pulumi";

import { Job, JobSet } from "../../index";
import { importArgs } from "../harness/programs";
import type { EngineRun } from "../harness/stack";
import { useStack } from "../harness/stack";

/** What the job makes goes with it, so a job that is taken for another takes assets with it. */
const options = { onDelete: "deleteAssets" } as const;

const resources = {
  Job: (place: Parameters<typeof importArgs>[0], opts: CustomResourceOptions) =>
    new Job("prices", importArgs(place, ["a.csv"], options), opts),
  JobSet: (place: Parameters<typeof importArgs>[0], opts: CustomResourceOptions) =>
    new JobSet("prices", { jobs: { one: importArgs(place, ["a.csv"]) }, ...options }, opts),
};

const succeeded = (run: EngineRun): void => expect(run.error?.message).to.equal(undefined) as unknown as void;

describe("a replacement that the user asks for", function () {
  this.timeout("5m");
  const shared = useStack();
  beforeEach(() => shared.stack.clearState());

  for (const [kind, declare] of Object.entries(resources)) {
    for (const way of ["replacementTrigger", "--replace"]) {
      const ask = async (trigger: string, place: Parameters<typeof importArgs>[0]): Promise<EngineRun> => {
        const { stack } = shared;
        const [old] = await stack.resources(`:${kind}`);
        const isForced = way === "--replace" && old;
        const opts = way === "--replace" ? {} : { replacementTrigger: trigger };
        const program = () => Promise.resolve(void declare(place, opts));
        return stack.up(program, isForced ? { replace: [old.urn] } : {});
      };

      it(`of a ${kind} by ${way} runs it again and leaves the new assets`, async () => {
        const { stack, service } = shared;
        await service.createBucket("source", { "a.csv": "1" });
        const place = await service.createEmptyRevision();
        succeeded(await ask("build 1", place));
        const before = await stack.listJobIds();
        succeeded(await ask("build 2", place));
        expect(await stack.listJobIds())
          .to.have.length(1)
          .and.not.include(before[0]);
        expect(await service.listAssetNames(place)).to.deep.equal(["a.csv"]);
      });

      it(`of a ${kind} by ${way} does so too after a run that could not list the assets`, async () => {
        const { stack, service } = shared;
        await service.createBucket("source", { "a.csv": "1" });
        const place = await service.createEmptyRevision();
        const fault = service.local.faults.add({ operation: "ListRevisionAssets", error: 403 });
        const failed = await ask("build 1", place);
        fault.remove();
        expect(failed.error?.message).to.match(/ListRevisionAssets/);
        const before = await stack.listJobIds();
        expect(before).to.have.length(1);

        succeeded(await ask("build 2", place));
        expect(await stack.listJobIds())
          .to.have.length(1)
          .and.not.include(before[0]);
        expect(await service.listAssetNames(place)).to.deep.equal(["a.csv"]);
      });
    }
  }
});
