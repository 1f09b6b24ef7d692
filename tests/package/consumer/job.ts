/** A program of one Job for a project with only the package and the Pulumi SDK. */
import * as pulumi from "@pulumi/pulumi";
import * as dataexchange from "pulumi-dataexchange";
import type { JobArgs } from "pulumi-dataexchange";
import { Job } from "pulumi-dataexchange";

const config = new pulumi.Config();

const args: JobArgs = {
  type: "IMPORT_ASSETS_FROM_S3",
  details: {
    importAssetsFromS3: {
      dataSetId: config.require("dataSetId"),
      revisionId: config.require("revisionId"),
      assetSources: [{ bucket: config.require("bucket"), key: "2026/prices.csv" }],
    },
  },
};

const prices: dataexchange.Job = new Job("prices", args);

export const assets = prices.assets;
export const policy = dataexchange.jobPolicy([args]);
