import { readdirSync } from "node:fs";

import { DataSet } from "@pulumi/aws/dataexchange";
import { Bucket, BucketObjectv2 } from "@pulumi/aws/s3";
import { asset } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

// A bucket with a folder. Remove these if another program fills your bucket.
const bucket = new Bucket("market-data");
const objects = readdirSync("prices").map(
  (file) =>
    new BucketObjectv2(`prices/${file}`, {
      bucket: bucket.id,
      key: `prices/${file}`,
      source: new asset.FileAsset(`prices/${file}`),
    }),
);

const dataSet = new DataSet("prices", {
  assetType: "S3_SNAPSHOT",
  name: "Prices",
  description: "Closing prices by month",
});

// If a CSV file in prices/ is added, changed or removed, a new finalized revision contains all of them.
const publication = new RevisionPublication(
  "prices",
  {
    dataSetId: dataSet.id,
    contents: { prices: { s3: { bucket: bucket.id, prefix: "prices/", include: ["*.csv"] } } },
  },
  { dependsOn: objects },
);

export const bucketName = bucket.id;
export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
export const assets = publication.assets.apply((created) => created.map(({ name }) => name).sort());
