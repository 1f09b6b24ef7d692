import { Key } from "@pulumi/aws/kms";
import { Bucket } from "@pulumi/aws/s3";
import { Config } from "@pulumi/pulumi";
import { RevisionExport } from "pulumi-dataexchange";

const config = new Config();

const key = new Key("prices", { description: "Data of our providers", enableKeyRotation: true });
const bucket = new Bucket("prices", { forceDestroy: true });

const prices = new RevisionExport("prices", {
  dataSetId: config.require("dataSetId"),
  // One job for each revision.
  revisionIds: config.requireObject<string[]>("revisionIds"),
  bucket: bucket.id,
  keyPattern: "prices/${Revision.Id}/${Asset.Name}",
  encryption: { type: "aws:kms", kmsKeyArn: key.arn },
  // Data Exchange itself exports each revision that is published later.
  autoExport: true,
});

export const bucketName = bucket.id;
export const keyArn = key.arn;
export const states = prices.states;
export const eventActionArn = prices.eventActionArn;
