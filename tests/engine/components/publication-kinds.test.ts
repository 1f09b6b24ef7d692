/** Publications of each kind of content, and in another account. */
import { GetRevisionCommand } from "@aws-sdk/client-dataexchange";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import * as apigateway from "@pulumi/aws/apigateway";
import * as dataexchange from "@pulumi/aws/dataexchange";
import { Provider } from "@pulumi/aws/provider";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { RevisionPublication } from "../../../components/revision-publication";
import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { openApi } from "../../harness/programs";
import { useProgramEnvironment } from "../../harness/service";

describe("RevisionPublication with every kind of content", function () {
  this.timeout("10m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  before(() => {
    const { workspace } = shared.stack.stack;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: shared.service.endpoint };
  });
  afterEach(() => shared.stack.clearState());

  it("publishes objects and local files in one revision, datashares in another, and none for an alias", async () => {
    const { stack, service } = shared;
    const keys = ["prices/a.csv", "prices/b.csv"];
    await service.createBucket("prices-bucket", Object.fromEntries(keys.map((key) => [key, key])));
    const dataSetId = await service.createDataSet();
    const shares = await service.createDataSet("REDSHIFT_DATA_SHARE");
    const share =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const program =
      (mixedName: string, opts: ComponentResourceOptions = {}): PulumiFn =>
      () => {
        const objects = { bucket: "prices-bucket", keys };
        const mixed = new RevisionPublication(
          mixedName,
          {
            dataSetId,
            contents: { two: { s3: objects }, notes: { files: { paths: ["README.md", "LICENSE"] } } },
          },
          opts,
        );
        const contents = { sales: { redshift: { dataShareArns: [share] } } };
        const licensed = new RevisionPublication("licensed", { dataSetId: shares, contents });
        const outputsOf = ({ revisionId, assets, finalized }: RevisionPublication) => {
          const names = assets.apply((all) => all.map(({ name }) => name).sort());
          return { revisionId, finalized, names };
        };
        return Promise.resolve({ mixed: outputsOf(mixed), licensed: outputsOf(licensed) });
      };
    const { outputs } = expectSuccess(await stack.up(program("mixed")));
    const names = [...keys, "LICENSE", "README.md"].sort();
    expect(outputs.mixed!.value).to.deep.include({ names, finalized: true });
    const { revisionId } = outputs.mixed!.value as { revisionId: string };
    expect(await service.listAssetNames({ dataSetId, revisionId })).to.deep.equal(names);
    expect(outputs.licensed!.value).to.deep.include({ names: ["sales"], finalized: true });
    const renamed = expectSuccess(await stack.up(program("renamed", { aliases: [{ name: "mixed" }] })));
    expect(renamed.changes).to.have.all.keys("same");
  });

  it("publishes tables by LF-tags and access to a bucket, and a new revision for other key prefixes", async () => {
    const { stack, service } = shared;
    const [lake, access] = [
      await service.createDataSet("LAKE_FORMATION_DATA_PERMISSION"),
      await service.createDataSet("S3_DATA_ACCESS"),
    ];
    await service.createBucket("shared-in-place");
    const program =
      (keyPrefixes: string[]): PulumiFn =>
      () => {
        const table = [{ tagKey: "share", tagValues: ["yes"] }];
        const tables = new RevisionPublication("tables", {
          dataSetId: lake,
          contents: { tables: { lakeFormation: { table } } },
        });
        const prices = new RevisionPublication("prices", {
          dataSetId: access,
          contents: { prices: { s3DataAccess: { bucket: "shared-in-place", keyPrefixes } } },
        });
        const typesOf = ({ assets }: RevisionPublication) =>
          assets.apply((made) => made.map(({ assetType }) => assetType));
        return Promise.resolve({
          tables: { id: tables.revisionId, types: typesOf(tables), finalized: tables.finalized },
          prices: { id: prices.revisionId, types: typesOf(prices), finalized: prices.finalized },
        });
      };
    const first = expectSuccess(await stack.up(program(["daily/"]))).outputs;
    expect(first.tables!.value).to.deep.include({
      types: ["LAKE_FORMATION_DATA_PERMISSION"],
      finalized: true,
    });
    expect(first.prices!.value).to.deep.include({ types: ["S3_DATA_ACCESS"], finalized: true });
    expect((await listStoredResources(service)).map(({ type }) => type)).to.include.members([
      "aws:iam/role:Role",
      "aws:lakeformation/permissions:Permissions",
    ]);

    // One revision with its job and finalization. The bucket has one policy, and the tables do not change.
    const { changes, outputs } = expectSuccess(await stack.up(program(["daily/", "monthly/"])));
    expect(changes).to.include({ replace: 3, update: 1 }).and.to.not.have.any.keys("create", "delete");
    expect(outputs.tables!.value).to.deep.equal(first.tables!.value);
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: "shared-in-place" }));
    expect(Policy).to.contain("arn:aws:s3:::shared-in-place/monthly/*");
    expectSuccess(await stack.destroy());
  });

  it("publishes an API in the account and region of the component's provider", async () => {
    const { stack, service } = shared;
    const [account, elsewhere] = ["222222222222", "eu-west-1"] as const;
    const assumeRole = { roleArn: `arn:aws:iam::${account}:role/publisher` };
    const program =
      (title: string): PulumiFn =>
      () => {
        const provider = new Provider("there", { region: elsewhere, assumeRoles: [assumeRole] });
        const there = { provider };
        const body = openApi(title);
        const api = new apigateway.RestApi("quotes", { body }, there);
        const deployment = new apigateway.Deployment("quotes", { restApi: api, triggers: { body } }, there);
        const stage = new apigateway.Stage("quotes", { restApi: api, deployment, stageName: "v1" }, there);
        const dataSet = new dataexchange.DataSet(
          "quotes",
          { assetType: "API_GATEWAY_API", description: "of another account" },
          there,
        );
        const { revisionId } = new RevisionPublication(
          "quotes",
          {
            ...{ dataSetId: dataSet.id, region: elsewhere, assumeRole },
            contents: {
              quotes: { api: { restApiId: stage.restApi, stageName: stage.stageName, apiName: "quotes" } },
            },
          },
          { providers: [provider], dependsOn: stage },
        );
        return Promise.resolve({ dataSetId: dataSet.id, revisionId });
      };
    const first = expectSuccess(await stack.up(program("one")));
    const second = expectSuccess(await stack.up(program("two")));
    expect(second.outputs.revisionId!.value).to.not.equal(first.outputs.revisionId!.value);
    const client = service.connect(elsewhere, account);
    const { Finalized } = await client.send(
      new GetRevisionCommand({
        DataSetId: second.outputs.dataSetId!.value as string,
        RevisionId: second.outputs.revisionId!.value as string,
      }),
    );
    client.destroy();
    expect(Finalized).to.equal(true);
    expectSuccess(await stack.destroy());
  });
});
