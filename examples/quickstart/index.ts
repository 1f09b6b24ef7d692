/** A function, so that Pulumi's Automation API can run it too. A program may also declare resources at its top level. */
import * as pulumi from "@pulumi/pulumi";
import * as dataexchange from "pulumi-dataexchange";

function quickstart() {
  const config = new pulumi.Config();
  const dataSetId = config.require("dataSetId");
  const revisionId = config.require("revisionId");
  const bucket = config.require("bucket");
  const keys = config.requireObject<string[]>("keys");
  const exportBucket = config.get("exportBucket");

  const assetSources = keys.map((key) => ({ bucket, key }));
  const prices = new dataexchange.Job(
    "prices",
    {
      type: "IMPORT_ASSETS_FROM_S3",
      details: { importAssetsFromS3: { dataSetId, revisionId, assetSources } },
      onDelete: "deleteAssets",
    },
    // The old assets are deleted before the new ones are imported, so that an export never contains both. If the new job
    // fails, the revision lacks them until the next `pulumi up`. Subscribers see a revision only once it is finalized.
    { deleteBeforeReplace: true },
  );

  const revisionDestinations = [{ revisionId, bucket: exportBucket ?? "" }];
  const pricesExport = exportBucket
    ? new dataexchange.Job(
        "prices-export",
        {
          type: "EXPORT_REVISIONS_TO_S3",
          details: { exportRevisionsToS3: { dataSetId, revisionDestinations } },
          // The revision keeps its id when its assets change, so a trigger exports it again.
          triggers: [prices.assets],
        },
        { dependsOn: prices },
      )
    : undefined;

  return {
    state: prices.state,
    assets: prices.assets.apply((assets) => assets.map(({ name }) => name).sort()),
    ...(pricesExport && { exportState: pricesExport.state }),
  };
}

export = quickstart;
