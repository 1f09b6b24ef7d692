import { DataSet } from "@pulumi/aws/dataexchange";
import { Config } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

const config = new Config();
// Not from the stack's config, because yesterday's Pulumi.dev.yaml would publish yesterday's edition again.
const edition = process.env.EDITION;
if (!edition) throw new Error("EDITION is required, the night to publish: export EDITION=2026-11-24");

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
  // The keys are the same every night, and their objects are not inspected. The edition triggers a new revision.
  triggers: [edition],
});

export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
