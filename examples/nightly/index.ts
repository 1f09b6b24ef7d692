import { DataSet } from "@pulumi/aws/dataexchange";
import { Config } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

const config = new Config();
// From the environment and not from the stack's config: a Pulumi.dev.yaml of yesterday would publish yesterday's edition again.
const edition = process.env.EDITION;
if (!edition) throw new Error("Say which night is to be published: export EDITION=2026-11-24");

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
  // The keys are the same every night, and Pulumi does not read the objects: the edition says that their content is new.
  triggers: [edition],
});

export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
