import { readdirSync } from "node:fs";

import { DataSet } from "@pulumi/aws/dataexchange";
import { Provider } from "@pulumi/aws/provider";
import { Bucket, BucketObjectv2 } from "@pulumi/aws/s3";
import { asset, Config } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

interface Target {
  region: "us-east-1" | "eu-west-1";
  assumeRole?: { roleArn: string };
}

export const america = publish("america", { region: "us-east-1" });
export const europe = publish("europe", {
  region: "eu-west-1",
  assumeRole: { roleArn: new Config().require("europeRoleArn") },
});

function publish(name: string, { region, assumeRole }: Target) {
  // The jobs of the component use the region and the role of this provider, too.
  const provider = new Provider(name, { region, assumeRoles: assumeRole && [assumeRole] });

  const bucket = new Bucket(name, {}, { provider });
  const objects = readdirSync("prices").map(
    (file) =>
      new BucketObjectv2(
        `${name}/${file}`,
        { bucket: bucket.id, key: file, source: new asset.FileAsset(`prices/${file}`) },
        { provider },
      ),
  );
  const dataSet = new DataSet(
    name,
    { assetType: "S3_SNAPSHOT", name: `Prices, ${name}`, description: "Closing prices by month" },
    { provider },
  );
  const { revisionId } = new RevisionPublication(
    name,
    { dataSetId: dataSet.id, contents: { prices: { s3: { bucket: bucket.id } } } },
    { provider, dependsOn: objects },
  );
  return { dataSetId: dataSet.id, revisionId };
}
