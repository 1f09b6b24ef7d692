/** A program of one Job of the plugin, as a generated SDK declares it. */
import * as pulumi from "@pulumi/pulumi";

class PluginJob extends pulumi.CustomResource {
  declare readonly assets: pulumi.Output<{ name: string }[]>;
}

const config = new pulumi.Config();

const prices = new PluginJob("dataexchange:index:Job", "prices", {
  assets: undefined,
  type: "IMPORT_ASSETS_FROM_S3",
  details: {
    importAssetsFromS3: {
      dataSetId: config.require("dataSetId"),
      revisionId: config.require("revisionId"),
      assetSources: [{ bucket: config.require("bucket"), key: "2026/prices.csv" }],
    },
  },
});

export const assets = prices.assets;
