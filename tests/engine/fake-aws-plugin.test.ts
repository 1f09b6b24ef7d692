/** The fake plugin of `@pulumi/aws` does what the examples need, with the real classes on the real engine. */
import { DeleteRevisionCommand, GetDataSetCommand, UpdateDataSetCommand } from "@aws-sdk/client-dataexchange";
import { GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import * as dataexchange from "@pulumi/aws/dataexchange";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as iam from "@pulumi/aws/iam";
import { Provider } from "@pulumi/aws/provider";
import * as s3 from "@pulumi/aws/s3";
import * as sqs from "@pulumi/aws/sqs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job } from "../../index";
import { unknownValue as unknown } from "../../lib/pulumi-values";
import { listStoredResources } from "../fake-aws-plugin/stored-resource";
import { awsPlugin, expectSuccess, useStack, type EngineRun } from "../harness/stack";

/** What the engine showed of the inputs and outputs of each resource. */
const shown = ({ events }: EngineRun): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    events.flatMap(({ resourcePreEvent, resOutputsEvent }) => {
      const { metadata } = resOutputsEvent ?? resourcePreEvent ?? {};
      return metadata?.new ? [[metadata.urn.split("::").at(-1)!, metadata.new.outputs ?? {}]] : [];
    }),
  );

describe("the fake AWS plugin", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);

  afterEach(async () => {
    expectSuccess(await shared.stack.destroy());
  });

  describe("with a data set, a revision, a file and a Job", () => {
    const program =
      (change: { description?: string; comment?: string; owner?: string; key?: string } = {}): PulumiFn =>
      () => {
        const bucket = new s3.Bucket("source", {
          bucket: "source-files",
          tags: { owner: change.owner ?? "me" },
        });
        const object = new s3.BucketObjectv2("file", {
          bucket: bucket,
          key: change.key ?? "a.csv",
          content: "1,2",
        });
        const dataSet = new dataexchange.DataSet("prices", {
          assetType: "S3_SNAPSHOT",
          description: change.description ?? "daily prices",
        });
        const revision = new dataexchange.Revision("first", {
          dataSetId: dataSet.id,
          comment: change.comment ?? "first",
        });
        const job = new Job("import", {
          type: "IMPORT_ASSETS_FROM_S3",
          details: {
            importAssetsFromS3: {
              dataSetId: dataSet.id,
              revisionId: revision.revisionId,
              assetSources: [{ bucket: bucket.bucket, key: object.key }],
            },
          },
        });
        return Promise.resolve({
          dataSetId: dataSet.id,
          name: dataSet.name,
          revision: revision.id,
          etag: object.etag,
          asset: job.assets.apply(([first]) => first?.name),
        });
      };

    it("previews without knowing, makes, leaves alone, changes, replaces and destroys", async () => {
      const { stack, service } = shared;
      const earlier = service.local.requests.length;
      const previewed = expectSuccess(await stack.preview(program()));
      expect(previewed.changes).to.deep.equal({ create: 6 });
      const { file, first, prices } = shown(previewed);
      expect(file).to.include({ bucket: unknown, key: "a.csv", etag: unknown, region: "us-east-1" });
      expect(first).to.include({ dataSetId: unknown, revisionId: unknown, comment: "first" });
      expect(prices).to.include({ arn: unknown, description: "daily prices" });
      expect(service.countCalls(earlier)).to.deep.equal({});

      const { outputs } = expectSuccess(await stack.up());
      const dataSetId = outputs.dataSetId!.value as string;
      expect(outputs.name!.value).to.match(/^prices-[0-9a-f]{7}$/);
      expect(outputs.revision!.value).to.match(new RegExp(`^${dataSetId}:[0-9a-f]{32}$`));
      expect(outputs.etag!.value).to.match(/^[0-9a-f]{32}$/);
      expect(outputs.asset!.value).to.equal("a.csv");
      expect(await service.readObjects("source-files")).to.deep.equal({ "a.csv": "1,2" });
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 6 });

      const changed = expectSuccess(await stack.up(program({ description: "weekly prices", owner: "you" })));
      expect(changed.changes).to.deep.equal({ same: 4, update: 2 });
      expect(changed.outputs.name!.value).to.equal(outputs.name!.value);
      const dataSet = await service.dataExchange.send(new GetDataSetCommand({ DataSetId: dataSetId }));
      expect(dataSet.Description).to.equal("weekly prices");
      const tagging = await service.s3.send(new GetBucketTaggingCommand({ Bucket: "source-files" }));
      expect(tagging.TagSet).to.deep.equal([{ Key: "owner", Value: "you" }]);

      const replaced = expectSuccess(
        await stack.up(program({ description: "weekly prices", owner: "you", key: "b.csv" })),
      );
      expect(replaced.changes).to.deep.include({ same: 4 }).and.to.have.property("replace");
      expect(await service.readObjects("source-files")).to.deep.equal({ "b.csv": "1,2" });

      expectSuccess(await stack.destroy());
      expect(
        await service.dataExchange.send(new GetDataSetCommand({ DataSetId: dataSetId })).catch(String),
      ).to.contain("ResourceNotFoundException");
    });

    it("shows in a refresh what another client changed or deleted", async () => {
      const { stack, service } = shared;
      const { outputs } = expectSuccess(await stack.up(program()));
      const [DataSetId, RevisionId] = (outputs.revision!.value as string).split(":");
      expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 6 });
      await service.dataExchange.send(
        new UpdateDataSetCommand({ DataSetId, Description: "of somebody else" }),
      );
      await service.dataExchange.send(new DeleteRevisionCommand({ DataSetId, RevisionId }));

      expect(expectSuccess(await stack.refresh()).changes).to.deep.include({ update: 1, delete: 1 });
      const up = expectSuccess(await stack.up());
      expect(up.changes).to.deep.include({ create: 1, update: 1 });
      expect(up.outputs.revision!.value).not.to.equal(outputs.revision!.value);
      const dataSet = await service.dataExchange.send(new GetDataSetCommand({ DataSetId }));
      expect(dataSet.Description).to.equal("daily prices");
    });
  });

  it("uses the region, the role's account and the default tags of each explicit provider", async () => {
    const { stack, service } = shared;
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const provider = new Provider("subscriber", {
          region: "eu-west-1",
          assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deployer" }],
          defaultTags: { tags: { team: "data" } },
        });
        const role = new iam.Role("reader", { assumeRolePolicy: "{}", tags: { a: "b" } }, { provider });
        const dataSet = new dataexchange.DataSet(
          "theirs",
          { assetType: "S3_SNAPSHOT", description: "d" },
          { provider },
        );
        const { arn: caller } = getCallerIdentityOutput({}, { provider });
        const { region } = getRegionOutput({}, { provider });
        return Promise.resolve({ tags: role.tagsAll, arn: dataSet.arn, caller, region });
      }),
    );
    expect(outputs.tags!.value).to.deep.equal({ team: "data", a: "b" });
    expect(outputs.arn!.value).to.match(/^arn:aws:dataexchange:eu-west-1:222222222222:data-sets\//);
    expect(outputs.caller!.value).to.equal("arn:aws:sts::222222222222:assumed-role/deployer/pulumi");
    expect(outputs.region!.value).to.equal("eu-west-1");
    const [role] = await listStoredResources(service);
    expect(role).to.include({
      type: "aws:iam/role:Role",
      account: "222222222222",
      region: "eu-west-1",
      role: "arn:aws:iam::222222222222:role/deployer",
    });
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 4 });
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 4 });
  });

  it("reads a resource of another stack by its id", async () => {
    const { stack, service } = shared;
    await service.createBucket("theirs");
    const { revisionId, dataSetId } = await service.createEmptyRevision();
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const { arn } = s3.Bucket.get("theirs", "theirs");
        const { assetType } = dataexchange.DataSet.get("theirs", dataSetId);
        const revision = dataexchange.Revision.get("theirs", `${dataSetId}:${revisionId}`);
        return Promise.resolve({ arn, assetType, revisionId: revision.revisionId });
      }),
    );
    expect(outputs.arn!.value).to.equal("arn:aws:s3:::theirs");
    expect(outputs.assetType!.value).to.equal("S3_SNAPSHOT");
    expect(outputs.revisionId!.value).to.equal(revisionId);
  });

  it("rejects an unsupported type, property and function, and an invalid document", async () => {
    const { stack } = shared;
    const type = await stack.preview(() => {
      new sqs.Queue("queue");
      return Promise.resolve();
    });
    expect(type.stderr).to.contain("the resource type aws:sqs/queue:Queue is not supported");
    const property = await stack.preview(() => {
      new s3.Bucket("bucket", { bucketPrefix: "a" });
      return Promise.resolve();
    });
    expect(property.stderr).to.contain("aws:s3/bucket:Bucket has no bucketPrefix that this fake supports");
    const document = await stack.preview(() => {
      new iam.Role("role", { assumeRolePolicy: "{" });
      return Promise.resolve();
    });
    expect(document.stderr).to.match(/property assumeRolePolicy .*is not a JSON document/);
    const called = await stack.preview(async () => {
      await sqs.getQueue({ name: "queue" });
    });
    expect(called.error!.message + called.stderr).to.contain(
      "the function aws:sqs/getQueue:getQueue is not supported",
    );
  });
});
