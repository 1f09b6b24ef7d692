import type { CustomResourceOptions } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job, JobSet } from "../../index";
import { forEachHost } from "../harness/hosts";
import { importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import type { EngineRun } from "../harness/stack";
import { expectSuccess, messageCodes } from "../harness/stack";

/** With deleteAssets, a job that is mistaken for another loses assets that must stay. */
const options = { onDelete: "deleteAssets" } as const;

const resources = {
  Job: (revision: RevisionIds, opts: CustomResourceOptions) =>
    new Job("prices", importArgs(revision, ["a.csv"], options), opts),
  JobSet: (revision: RevisionIds, opts: CustomResourceOptions) =>
    new JobSet("prices", { jobs: { one: importArgs(revision, ["a.csv"]) }, ...options }, opts),
};

forEachHost("the replacement or deletion of an unchanged resource", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  let revision: RevisionIds;

  before(() => shared.service.createBucket("source", { "a.csv": "1" }));
  beforeEach(async () => (revision = await shared.service.createEmptyRevision()));
  afterEach(() => shared.stack.clearState());

  for (const [kind, declare] of Object.entries(resources)) {
    for (const way of ["replacementTrigger", "--replace"]) {
      const up = async (trigger: string): Promise<EngineRun> => {
        const { stack } = shared;
        const [old] = await stack.resources(`:${kind}`);
        const isForced = way === "--replace" && old;
        const opts = way === "--replace" ? {} : { replacementTrigger: trigger };
        const program = () => Promise.resolve(void declare(revision, opts));
        return stack.up(program, isForced ? { replace: [old.urn] } : {});
      };

      const expectReplacement = async (): Promise<void> => {
        const { stack, service } = shared;
        const [before, ...others] = await stack.listJobIds();
        expect(others).to.deep.equal([]);
        expectSuccess(await up("build 2"));
        expect(await stack.listJobIds())
          .to.have.length(1)
          .and.not.include(before);
        expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
      };

      it(`runs a ${kind} again by ${way} and leaves only the new assets`, async () => {
        expectSuccess(await up("build 1"));
        await expectReplacement();
      });

      it(`runs a ${kind} again by ${way} after a run that could not list the assets`, async () => {
        const fault = shared.service.local.faults.add({ operation: "ListRevisionAssets", error: 403 });
        const failed = await up("build 1");
        fault.remove();
        expect(failed.error?.message).to.match(/ListRevisionAssets/);
        await expectReplacement();
      });
    }

    it(`shows the warning of a destroy on the row of the ${kind}`, async () => {
      const { stack, service } = shared;
      expectSuccess(await stack.up(() => Promise.resolve(void declare(revision, {}))));
      const [{ urn } = { urn: "" }] = await stack.resources(`:${kind}`);
      await service.finalizeRevision(revision);
      const { events } = expectSuccess(await stack.destroy());
      const warnings = events.flatMap(({ diagnosticEvent: event }) =>
        event?.message.includes("[finalized-revision-keeps-assets]") ? [event.urn] : [],
      );
      expect(warnings).to.deep.equal([urn]);
    });

    it(`runs a ${kind} again after a deletion that failed halfway`, async () => {
      const { stack, service } = shared;
      const program = () => Promise.resolve(void declare(revision, {}));
      expectSuccess(await stack.up(program));
      const [before] = await stack.listJobIds();
      const fault = service.local.faults.add({ operation: "DeleteAsset", when: "after", error: 403 });
      expect(messageCodes(await stack.destroy())).to.include("access-denied");
      fault.remove();
      expect(await service.listAssetNames(revision)).to.deep.equal([]);
      const preview = await stack.preview(program);
      expect(messageCodes(preview)).to.include("deletion-interrupted");
      const steps = preview.events.flatMap(({ resourcePreEvent: step }) => step?.metadata ?? []);
      const diff = steps.find(({ type }) => type.endsWith(`:${kind}`))?.detailedDiff ?? {};
      const cause = kind === "Job" ? "assets" : "jobs.one.assets";
      expect(Object.keys(diff)).to.deep.equal(host.differs("diff", { dynamic: [], plugin: [cause] }));
      expectSuccess(await stack.up(program));
      expect(await stack.listJobIds())
        .to.have.length(1)
        .and.not.include(before);
      expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
      const again = await stack.up(program);
      expect([again.changes.same, messageCodes(again)]).to.deep.equal([2, []]);
    });
  }
});
