/**
 * Refreshes and rejections of the fake plugin of `@pulumi/aws`. The tests of examples and components create, change,
 * replace and destroy resources of every type that it supports, in several regions and accounts.
 */
import { DeleteRevisionCommand, GetDataSetCommand, UpdateDataSetCommand } from "@aws-sdk/client-dataexchange";
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import * as sqs from "@pulumi/aws/sqs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { awsPlugin, expectSuccess, useStack } from "../harness/stack";

describe("the fake AWS plugin", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);

  const program: PulumiFn = () => {
    const dataSet = new dataexchange.DataSet("prices", {
      assetType: "S3_SNAPSHOT",
      description: "daily prices",
    });
    const revision = new dataexchange.Revision("first", { dataSetId: dataSet.id });
    return Promise.resolve({ name: dataSet.name, revision: revision.id });
  };

  it("refreshes what another client changed or deleted, and restores it", async () => {
    const { stack, service } = shared;
    const { outputs } = expectSuccess(await stack.up(program));
    expect(outputs.name!.value).to.match(/^prices-[0-9a-f]{7}$/);
    const [DataSetId, RevisionId] = (outputs.revision!.value as string).split(":");
    await service.dataExchange.send(new UpdateDataSetCommand({ DataSetId, Description: "other prices" }));
    await service.dataExchange.send(new DeleteRevisionCommand({ DataSetId, RevisionId }));

    expect(expectSuccess(await stack.refresh()).changes).to.deep.include({ update: 1, delete: 1 });
    const up = expectSuccess(await stack.up());
    expect(up.changes).to.deep.equal({ create: 1, update: 1, same: 1 });
    expect(up.outputs.name).to.deep.equal(outputs.name);
    const dataSet = await service.dataExchange.send(new GetDataSetCommand({ DataSetId }));
    expect(dataSet.Description).to.equal("daily prices");
    expectSuccess(await stack.destroy());
  });

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
