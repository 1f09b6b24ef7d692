/**
 * Rejections of the fake plugin of `@pulumi/aws`. The tests of examples and components create, change, refresh, replace
 * and destroy resources of every type that it supports, in several regions and accounts.
 */
import * as s3 from "@pulumi/aws/s3";
import * as sqs from "@pulumi/aws/sqs";
import { expect } from "chai";

import { awsPlugin } from "../harness/stack";
import { useStack } from "../harness/use-stack";

describe("the fake AWS plugin", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);

  const rejected: Record<string, () => unknown> = {
    "the resource type aws:sqs/queue:Queue is not supported": () => new sqs.Queue("queue"),
    "aws:s3/bucket:Bucket has no bucketPrefix": () => new s3.Bucket("bucket", { bucketPrefix: "a" }),
    "the function aws:sqs/getQueue:getQueue is not supported": () => sqs.getQueue({ name: "queue" }),
  };
  for (const [message, declare] of Object.entries(rejected)) {
    it(`rejects a program because ${message}`, async () => {
      const { error, stderr } = await shared.stack.preview(async () => {
        await declare();
      });
      expect(error!.message + stderr).to.contain(message);
    });
  }
});
