import { Key } from "@pulumi/aws/kms";
import { Bucket } from "@pulumi/aws/s3";
import { Config } from "@pulumi/pulumi";
import { getAssetsOutput, getDataSetOutput, RevisionExport, S3Export } from "pulumi-dataexchange";

const name = new Config().require("dataSetName");
const { dataSetId } = getDataSetOutput({ name, origin: "ENTITLED" });

const key = new Key("prices", { description: "Data of our providers", enableKeyRotation: true });
const bucket = new Bucket("prices", { forceDestroy: true });
const encryption = { type: "aws:kms" as const, kmsKeyArn: key.arn };

// All assets of the latest revision. `include: ["**/*.csv"]` would select some.
const latest = getAssetsOutput({ dataSetId });
const current = new S3Export("current", {
  dataSetId,
  revisionId: latest.revisionId,
  assets: latest.assets,
  bucket: bucket.id,
  key: "current/${Asset.Name}",
  encryption,
});

// Data Exchange itself exports each revision that is published from now on.
const archive = new RevisionExport("archive", {
  dataSetId,
  autoExport: true,
  bucket: bucket.id,
  keyPattern: "archive/${Revision.Id}/${Asset.Name}",
  encryption,
});

export const bucketName = bucket.id;
export const keyArn = key.arn;
export const revisionId = latest.revisionId;
export const states = current.states;
export const eventActionArn = archive.eventActionArn;
