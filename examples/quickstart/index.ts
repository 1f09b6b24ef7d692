/**
 * The program of the Pulumi.yaml at the root of the repository. A function, because both the Pulumi CLI and the
 * Automation API call one; a program may as well create its resources at the top of the module.
 */
import * as pulumi from "@pulumi/pulumi";
import * as dataexchange from "pulumi-dataexchange";

function quickstart() {
  const config = new pulumi.Config();
  const dataSetId = config.require("dataSetId");
  const revisionId = config.require("revisionId");
  const bucket = config.require("bucket");
  const keys = config.requireObject<string[]>("keys");
  const exportBucket = config.get("exportBucket");

  const prices = new dataexchange.Job(
    "prices",
    {
      type: "IMPORT_ASSETS_FROM_S3",
      details: {
        importAssetsFromS3: {
          dataSetId,
          revisionId,
          assetSources: keys.map((key) => ({ bucket, key })),
        },
      },
      onDelete: "deleteAssets",
    },
    // The old assets go before the new ones come, so that an export never meets both. The price: while the new job
    // fails, the revision, which nobody can see before it is finalized, is without them.
    { deleteBeforeReplace: true },
  );

  const pricesExport = exportBucket
    ? new dataexchange.Job(
        "prices-export",
        {
          type: "EXPORT_REVISIONS_TO_S3",
          details: {
            exportRevisionsToS3: {
              dataSetId,
              revisionDestinations: [{ revisionId, bucket: exportBucket }],
            },
          },
          // The revision keeps its id when its assets change; with other assets it is exported again.
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
