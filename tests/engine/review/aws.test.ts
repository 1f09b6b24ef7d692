/** What a review says of jobs beside resources of AWS, of previews that the real engine has written. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job, RevisionExport, RevisionPublication } from "../../../index";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { findJob, previewAsJson, reasonsOf, reviewPreview, warningsOf } from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";

describe("a review of a stack with resources of AWS", function () {
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

  it("names what has to exist before all is known, and counts the others", async () => {
    const told = reviewPreview(await previewAsJson(shared.stack, program()));
    const job = findJob(told, "import");
    expect(job.does).to.match(
      / into revision november \(not known yet\) of data set prices \(not known yet\)$/,
    );
    const [, details, triggers] = reasonsOf(told, "import");
    expect(details)
      .to.match(/^details not known until /)
      .and.contain("data set prices exists")
      .and.contain("revision november exists");
    expect(triggers).to.match(/^triggers not known until bucket object file exists$/);
    expect(told.otherResources).to.deep.equal({ create: 4 });
    expect(told.markdown).to.contain("Other resources: 4 created.");
  });

  it("says what becomes of the revision that a job works on", async () => {
    const { stack } = shared;
    expectSuccess(await stack.up(program()));
    const same = reviewPreview(await previewAsJson(stack, program()));
    expect(same.headline).to.equal("no Data Exchange jobs are affected, 1 stays");

    const replaced = reviewPreview(await previewAsJson(stack, program({ assetType: "REDSHIFT_DATA_SHARE" })));
    expect(warningsOf(replaced, "import").join("\n"))
      .to.contain("data set prices is replaced, and what is in the old one goes with it")
      .and.contain("revision november is replaced")
      .and.not.contain("twice");
    expect(reasonsOf(replaced, "import").join("\n")).to.contain("not known until");

    const gone = reviewPreview(await previewAsJson(stack, program({ without: true })));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.otherResources).to.deep.equal({ same: 4 });
    const nothing = reviewPreview(await previewAsJson(stack, () => Promise.resolve()));
    expect(nothing.changed.map(({ text }) => text)).to.deep.equal([
      "is deleted; 1 asset that it made goes with revision november",
    ]);
  });

  it("says of a publication what becomes of its revision, and that an export of it is decided later", async () => {
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
    const later =
      "1 of 1 revisions are not known yet: a job for each of these is decided later, and jobs of this component that are shown as deleted may stay.";
    const finalizes =
      "revision prices is finalized in this run: its assets go to subscribers and can no longer be changed";

    const created = reviewPreview(await previewAsJson(stack, publish));
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(warningsOf(created)).to.deep.equal([finalizes]);
    expectSuccess(await stack.up(publish));
    await service.putObject("source-files", "day/a.csv", "2");
    const changed = reviewPreview(await previewAsJson(stack, publish));
    expect(changed.headline).to.equal("1 job runs again, 1 is deleted, 1 component decides more later");
    expect(reasonsOf(changed)[0]).to.equal("revisionId not known until revision prices is replaced");
    expect(warningsOf(changed)).to.deep.equal([
      "revision prices is replaced, and the old one stays as it is",
      finalizes,
    ]);
    for (const told of [created, changed])
      expect(told.later).to.deep.include.members([
        { urn: told.later[0]!.urn, name: "copy", type: "dataexchange:index:RevisionExport", text: later },
      ]);
  });
});
