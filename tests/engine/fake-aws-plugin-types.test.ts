/** The resource types that the fake plugin of `@pulumi/aws` serves. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import * as apigateway from "@pulumi/aws/apigateway";
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as lakeformation from "@pulumi/aws/lakeformation";
import * as redshift from "@pulumi/aws/redshift";
import * as s3 from "@pulumi/aws/s3";
import { asset, jsonStringify } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { listStoredResources } from "../fake-aws-plugin/stored-resource";
import { awsPlugin, expectSuccess, useStack } from "../harness/stack";

describe("the types of the fake AWS plugin", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);

  afterEach(async () => {
    expectSuccess(await shared.stack.destroy());
  });

  it("serves bucket settings, event actions, keys and roles, and resources that depend on them", async () => {
    const { stack, service } = shared;
    const dataSetId = await service.createEntitledDataSet(await service.createDataSet());
    const program: PulumiFn = () => {
      const key = new kms.Key("key", { description: "of the exports" });
      const alias = new kms.Alias("key", { targetKeyId: key.id });
      const bucket = new s3.Bucket("exports", { bucket: "exports", forceDestroy: true });
      new s3.BucketServerSideEncryptionConfiguration("exports", {
        bucket: bucket.id,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn } }],
      });
      new s3.BucketPublicAccessBlock("exports", { bucket: bucket.id, blockPublicAcls: true });
      const document = iam.getPolicyDocumentOutput({
        statements: [
          {
            actions: ["s3:PutObject"],
            resources: [bucket.arn.apply((arn) => `${arn}/*`)],
            principals: [{ type: "Service", identifiers: ["dataexchange.amazonaws.com"] }],
          },
        ],
      });
      const policy = new s3.BucketPolicy("exports", { bucket: bucket.id, policy: document.json });
      new dataexchange.DataSet("prices", { assetType: "S3_SNAPSHOT", description: "d" });
      const action = new dataexchange.EventAction(
        "export",
        {
          action: {
            exportRevisionToS3: {
              revisionDestination: { bucket: bucket.bucket, keyPattern: "${Revision.Id}/${Asset.Name}" },
            },
          },
          event: { revisionPublished: { dataSetId } },
        },
        { dependsOn: policy },
      );
      const role = new iam.Role("reader", {
        assumeRolePolicy: iam.assumeRolePolicyForPrincipal({ Service: "glue.amazonaws.com" }),
      });
      new iam.RolePolicy("reader", {
        role,
        policy: jsonStringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Resource: bucket.arn }],
        }),
      });
      new iam.RolePolicyAttachment("reader", { role: role.name, policyArn: "arn:aws:iam::aws:policy/X" });
      return Promise.resolve({ key: key.arn, alias: alias.name, action: action.arn, role: role.arn });
    };
    expectSuccess(await stack.preview(program));
    const { outputs } = expectSuccess(await stack.up());
    expect(outputs.key!.value).to.match(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/);
    expect(outputs.alias!.value).to.match(/^alias\/key-[0-9a-f]{7}$/);
    expect(outputs.action!.value).to.contain(":event-actions/");
    expect(outputs.role!.value).to.match(/^arn:aws:iam::000000000000:role\/reader-[0-9a-f]{7}$/);
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: "exports" }));
    expect(JSON.parse(Policy!)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::exports/*",
          Principal: { Service: "dataexchange.amazonaws.com" },
        },
      ],
    });
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 12 });
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 12 });
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 12 });

    // The bucket goes although somebody has put something into it.
    await service.putObject("exports", "late", "1");
    expectSuccess(await stack.destroy());
    expect(await listStoredResources(service)).to.deep.equal([]);
  });

  it("returns the document of a REST API and the objects of a bucket", async () => {
    const { stack, service } = shared;
    await service.createBucket("folder", { "in/a": "1", "in/b": "2", "out/c": "3" });
    const body = JSON.stringify({ openapi: "3.0.1", info: { title: "quotes", version: "1" }, paths: {} });
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const api = new apigateway.RestApi("quotes", { body });
        const deployment = new apigateway.Deployment("quotes", { restApi: api, triggers: { body } });
        const stage = new apigateway.Stage("quotes", { restApi: api, deployment, stageName: "v1" });
        const exported = apigateway.getExportOutput({
          restApiId: stage.restApi,
          stageName: stage.stageName,
          exportType: "oas30",
        });
        const { keys } = s3.getObjectsOutput({ bucket: "folder", prefix: "in/" });
        return Promise.resolve({ body: exported.body, keys, url: stage.invokeUrl });
      }),
    );
    expect(outputs.body!.value).to.equal(body);
    expect(outputs.keys!.value).to.deep.equal(["in/a", "in/b"]);
    expect(outputs.url!.value).to.match(/^https:\/\/\w{10}\.execute-api\.us-east-1\.amazonaws\.com\/v1$/);
  });

  it("uploads a file again when its bytes have changed", async () => {
    const { stack, service } = shared;
    const folder = await mkdtemp(join(tmpdir(), "fake-aws-"));
    const path = join(folder, "a.txt");
    const program: PulumiFn = () => {
      const bucket = new s3.BucketV2("files", { bucket: "files" });
      new s3.BucketObject("text", { bucket: bucket.id, source: new asset.StringAsset("text") });
      new s3.BucketObject("file", { bucket: bucket.id, source: new asset.FileAsset(path) });
      return Promise.resolve();
    };
    await writeFile(path, "before");
    expectSuccess(await stack.up(program));
    await writeFile(path, "after");
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3, update: 1 });
    expect(await service.readObjects("files")).to.deep.equal({ text: "text", file: "after" });
    await rm(folder, { recursive: true });
  });

  it("stores datashare authorizations and the tags of a Lake Formation policy", async () => {
    const { stack, service } = shared;
    const program = (values: string[]) => () => {
      const dataShareArn = "arn:aws:redshift:us-east-1:000000000000:datashare:5d7e/prices";
      const share = new redshift.DataShareAuthorization("adx", { dataShareArn, consumerIdentifier: "ADX" });
      const tag = new lakeformation.LfTag("level", { key: "level", values });
      new lakeformation.Permissions("adx", {
        principal: "dataexchange.amazonaws.com",
        permissions: ["DESCRIBE"],
        lfTag: { key: tag.key, values: ["public"] },
      });
      return Promise.resolve({ producer: share.producerArn, managedBy: share.managedBy });
    };
    const { outputs } = expectSuccess(await stack.up(program(["public"])));
    expect(outputs.producer!.value).to.equal("arn:aws:redshift:us-east-1:000000000000:namespace:5d7e");
    expect(outputs.managedBy!.value).to.equal("ADX");
    expect(expectSuccess(await stack.up(program(["public", "private"]))).changes).to.deep.equal({
      same: 3,
      update: 1,
    });
    expect((await listStoredResources(service)).map(({ id }) => id)).to.include("000000000000:level");
  });
});
