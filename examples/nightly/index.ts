import { DataSet } from "@pulumi/aws/dataexchange";
import { Config } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

const config = new Config();
const edition = config.require("edition");

const dataSet = new DataSet("prices", {
  assetType: "S3_SNAPSHOT",
  name: "Prices, nightly",
  description: "Prices and instruments as they stood at the end of the day",
});

const publication = new RevisionPublication("prices", {
  dataSetId: dataSet.id,
  comment: `Edition ${edition}`,
  contents: {
    latest: {
      s3: { bucket: config.require("bucket"), keys: ["latest/prices.csv", "latest/instruments.parquet"] },
    },
  },
  // The same keys every night, and nobody looks into them: the edition says that they are others.
  triggers: [edition],
});

export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
