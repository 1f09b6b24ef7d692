/** Reviews of the real engine's previews of jobs and resources of AWS. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job, RevisionExport, RevisionPublication } from "../../../index";
import { codesIn } from "../../../lib/message-code";
import { toPlainText } from "../../../review/rich-text";
import { forEachHost } from "../../harness/hosts";
import { reviewProgram } from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";
import { attachedAws } from "../../harness/use-stack";

forEachHost("review of a stack with resources of AWS", function (host) {
  this.timeout("5m");
  const shared = host.useStack({}, attachedAws);
  useProgramEnvironment(shared);

  const program =
    (assetType = "S3_SNAPSHOT", hasJob = true): PulumiFn =>
    () => {
      const { bucket } = new s3.Bucket("source", { bucket: "source-files" });
      const { key, etag } = new s3.BucketObjectv2("file", { bucket, key: "a.csv", content: "1" });
      const dataSet = new dataexchange.DataSet("prices", { assetType, description: "daily prices" });
      const { revisionId } = new dataexchange.Revision("november", { dataSetId: dataSet.id });
      const importAssetsFromS3 = { dataSetId: dataSet.id, revisionId, assetSources: [{ bucket, key }] };
      const args = { details: { importAssetsFromS3 }, triggers: [{ etag }] };
      if (hasJob) new Job("import", { type: "IMPORT_ASSETS_FROM_S3", ...args });
      return Promise.resolve();
    };

  it("names the resources that unknown values depend on, and counts other resources", async () => {
    const result = await reviewProgram(shared.stack, program());
    expect(toPlainText(result.job("import").summary)).to.match(
      / into revision november \(not known yet\) of data set prices \(not known yet\)$/,
    );
    const until = (...names: string[]) => names.map((name) => ({ urn: { name }, op: "create" }));
    const kind = "not-known-yet";
    expect(result.reasons("import").slice(1)).to.containSubset([
      { kind, property: "details", until: until("prices", "november") },
      { kind, property: "triggers", until: until("file") },
    ]);
    expect(result.review.others).to.deep.equal({ create: 4 });
  });

  it("warns if the revision or data set of a job is replaced or deleted", async () => {
    const { stack } = shared;
    expectSuccess(await stack.up(program()));
    const same = await reviewProgram(stack, program());
    expect(same.headline).to.equal("no Data Exchange jobs are affected, 1 stays");

    const replaced = await reviewProgram(stack, program("REDSHIFT_DATA_SHARE"));
    const container = { kind: "container-replaced", isRetained: false };
    expect(replaced.warnings("import")).to.have.deep.members([
      { ...container, container: "data set", name: "prices" },
      { ...container, container: "revision", name: "november" },
    ]);
    expect(replaced.reasonKinds("import")).to.include("not-known-yet");

    const gone = await reviewProgram(stack, program("S3_SNAPSHOT", false));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.review.others).to.deep.equal({ same: 4 });
    const nothing = await reviewProgram(stack, () => Promise.resolve());
    const outcome = { outcome: "deleted-with-container", container: { noun: "revision", name: "november" } };
    const effect = { kind: "deleted", assets: { names: ["a.csv"], ...outcome } };
    expect(nothing.effect("import")).to.deep.equal(effect);
  });

  it("warns that a publication finalizes its revision, and defers an export of it", async () => {
    const { stack, service } = shared;
    const dataSetId = await service.createDataSet();
    await stack.clearState();
    await service.createBucket("target");
    await service.putObject("source-files", "day/a.csv", "1");
    const publish: PulumiFn = () => {
      const contents = { day: { s3: { bucket: "source-files", prefix: "day/" } } };
      const { revisionId } = new RevisionPublication("prices", { dataSetId, contents });
      new RevisionExport("copy", { dataSetId, bucket: "target", revisionIds: [revisionId] });
      return Promise.resolve();
    };

    const created = await reviewProgram(stack, publish);
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(created.warningKinds()).to.deep.equal(["revision-finalized"]);
    expectSuccess(await stack.up(publish));
    await service.putObject("source-files", "day/a.csv", "2");
    const changed = await reviewProgram(stack, publish);
    expect(changed.headline).to.equal("1 job runs again, 1 is deleted, 1 component decides more later");
    expect(changed.reasons()[0]).to.containSubset({
      kind: "not-known-yet",
      what: { members: ["revisionId"] },
      until: [{ urn: { name: "prices" }, op: "replace" }],
    });
    expect(changed.warnings()).to.deep.equal([
      { kind: "container-replaced", container: "revision", name: "prices", isRetained: true },
      { kind: "revision-finalized", name: "prices" },
    ]);
    for (const { review } of [created, changed]) {
      const [deferred] = review.deferred.filter(({ urn }) => urn.name === "copy");
      expect(deferred!.urn.type).to.equal("dataexchange:index:RevisionExport");
      expect(codesIn(deferred!.message)).to.deep.equal(["revisions-not-known-yet"]);
    }
  });
});
