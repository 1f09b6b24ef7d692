/** Reviews of previews by the real engine, of jobs beside resources of AWS. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { codesIn } from "../../../lib/message-code";

import { Job, RevisionExport, RevisionPublication } from "../../../index";
import { toPlainText } from "../../../review/rich-text";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import {
  findJob,
  previewAsJson,
  reasonKinds,
  reasonsOf,
  reviewPreview,
  warningKinds,
  warningsOf,
} from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";

describe("review: a stack with resources of AWS", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);

  interface Change {
    comment?: string;
    assetType?: string;
    without?: boolean;
  }

  const program =
    ({ comment = "first", assetType, without }: Change = {}): PulumiFn =>
    () => {
      const bucket = new s3.Bucket("source", { bucket: "source-files" });
      const object = new s3.BucketObjectv2("file", { bucket, key: "a.csv", content: "1" });
      const dataSet = new dataexchange.DataSet("prices", {
        assetType: assetType ?? "S3_SNAPSHOT",
        description: "daily prices",
      });
      const revision = new dataexchange.Revision("november", { dataSetId: dataSet.id, comment });
      if (without) return Promise.resolve();
      new Job("import", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: {
          importAssetsFromS3: {
            dataSetId: dataSet.id,
            revisionId: revision.revisionId,
            assetSources: [{ bucket: bucket.bucket, key: object.key }],
          },
        },
        triggers: [{ etag: object.etag }],
      });
      return Promise.resolve();
    };

  it("names the resources that unknown values depend on, and counts other resources", async () => {
    const result = reviewPreview(await previewAsJson(shared.stack, program()));
    const job = findJob(result, "import");
    expect(toPlainText(job.does)).to.match(
      / into revision november \(not known yet\) of data set prices \(not known yet\)$/,
    );
    const [, details, triggers] = reasonsOf(result, "import");
    const until = (name: string) => ({ urn: { name }, op: "create" });
    expect(details).to.containSubset({ kind: "not-known-yet", property: "details" });
    expect(details)
      .to.have.property("until")
      .that.containSubset([until("prices")]);
    expect(details)
      .to.have.property("until")
      .that.containSubset([until("november")]);
    expect(triggers).to.containSubset({ property: "triggers", until: [until("file")] });
    expect(result.review.others).to.deep.equal({ create: 4 });
    expect(result.markdown).to.contain("Other resources: 4 created.");
  });

  it("warns if the revision or data set of a job is replaced or deleted", async () => {
    const { stack } = shared;
    expectSuccess(await stack.up(program()));
    const same = reviewPreview(await previewAsJson(stack, program()));
    expect(same.headline).to.equal("no Data Exchange jobs are affected, 1 stays");

    const replaced = reviewPreview(await previewAsJson(stack, program({ assetType: "REDSHIFT_DATA_SHARE" })));
    const container = { kind: "container-replaced", isRetained: false };
    expect(warningsOf(replaced, "import")).to.have.deep.members([
      { ...container, container: "data set", name: "prices" },
      { ...container, container: "revision", name: "november" },
    ]);
    expect(reasonKinds(replaced, "import")).to.include("not-known-yet");

    const gone = reviewPreview(await previewAsJson(stack, program({ without: true })));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.review.others).to.deep.equal({ same: 4 });
    const nothing = reviewPreview(await previewAsJson(stack, () => Promise.resolve()));
    const fate = { fate: "deleted-with-container", container: { noun: "revision", name: "november" } };
    expect(nothing.review.idle.map(({ effect }) => effect)).to.deep.equal([
      { kind: "deleted", assets: { names: ["a.csv"], ...fate } },
    ]);
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

    const created = reviewPreview(await previewAsJson(stack, publish));
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(warningKinds(created)).to.deep.equal(["revision-finalized"]);
    expectSuccess(await stack.up(publish));
    await service.putObject("source-files", "day/a.csv", "2");
    const changed = reviewPreview(await previewAsJson(stack, publish));
    expect(changed.headline).to.equal("1 job runs again, 1 is deleted, 1 component decides more later");
    expect(reasonsOf(changed)[0]).to.containSubset({
      kind: "not-known-yet",
      what: { members: ["revisionId"] },
      until: [{ urn: { name: "prices" }, op: "replace" }],
    });
    expect(warningsOf(changed)).to.deep.equal([
      { kind: "container-replaced", container: "revision", name: "prices", isRetained: true },
      { kind: "revision-finalized", name: "prices" },
    ]);
    for (const { review } of [created, changed]) {
      const [deferred] = review.deferred.filter(({ urn }) => urn?.name === "copy");
      expect(deferred!.urn.type).to.equal("dataexchange:index:RevisionExport");
      expect(codesIn(deferred!.message)).to.deep.equal(["revisions-not-known-yet"]);
    }
  });
});
