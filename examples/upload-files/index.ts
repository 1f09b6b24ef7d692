import { DataSet } from "@pulumi/aws/dataexchange";
import { RevisionPublication } from "pulumi-dataexchange";

const dataSet = new DataSet("reports", {
  assetType: "S3_SNAPSHOT",
  name: "Reports",
  description: "Quarterly reports with their terms",
});

// A folder and a file of this project in one revision. A file that is added, changed or removed creates a new one.
const publication = new RevisionPublication("reports", {
  dataSetId: dataSet.id,
  comment: "Uploaded by Pulumi",
  contents: {
    reports: { files: { path: "reports", exclude: ["**/*.draft.*"] } },
    terms: { files: { path: "TERMS.txt", assetName: () => "terms-of-use.txt" } },
  },
});

export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
export const assets = publication.assets.apply((created) => created.map(({ name }) => name).sort());
