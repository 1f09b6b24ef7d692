/** Publications of what stays where it is, of another account's API, and of revisions that subscribers have. */
import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  DataExchangeClient,
  DeleteDataGrantCommand,
  GetRevisionCommand,
  ListDataSetRevisionsCommand,
} from "@aws-sdk/client-dataexchange";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import * as apigateway from "@pulumi/aws/apigateway";
import * as dataexchange from "@pulumi/aws/dataexchange";
import { Provider } from "@pulumi/aws/provider";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { RevisionPublication } from "../../../components/revision-publication";
import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { openApi } from "../../harness/one-job-per-type";
import { region, useProgramEnvironment } from "../../harness/service";
import type { RoleServer } from "../../harness/http";
import { openRoleServer } from "../../harness/http";

describe("RevisionPublication of every kind", function () {
  this.timeout("10m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  let roles: RoleServer;
  const clients: DataExchangeClient[] = [];

  const clientOf = (account: string, region: string): DataExchangeClient => {
    const { endpoint } = shared.service.local;
    const credentials = { accessKeyId: account, secretAccessKey: "any" };
    const client = new DataExchangeClient({ region, endpoint, credentials });
    clients.push(client);
    return client;
  };

  before(async () => {
    roles = await openRoleServer(shared.service.local.endpoint);
    const { workspace } = shared.stack.stack;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: roles.url };
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await shared.stack.clearState();
  });
  after(() => roles?.close());

  it("publishes tables by their tags, and access to a bucket, anew when other parts of it are shared", async () => {
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

    // One revision with its job and finalization; the bucket's policy is one and the same, and the tables stay.
    const { changes, outputs } = expectSuccess(await stack.up(program(["daily/", "monthly/"])));
    expect(changes).to.include({ replace: 3, update: 1 }).and.to.not.have.any.keys("create", "delete");
    expect(outputs.tables!.value).to.deep.equal(first.tables!.value);
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: "shared-in-place" }));
    expect(Policy).to.contain("arn:aws:s3:::shared-in-place/monthly/*");
    expectSuccess(await stack.destroy());
  });

  it("publishes an API of the account and region that the component's provider is for", async () => {
    const { stack } = shared;
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
    const { Finalized } = await clientOf(account, elsewhere).send(
      new GetRevisionCommand({
        DataSetId: second.outputs.dataSetId!.value as string,
        RevisionId: second.outputs.revisionId!.value as string,
      }),
    );
    expect(Finalized).to.equal(true);
    expectSuccess(await stack.destroy());
  });

  it("cannot delete a revision that subscribers have, says why, and does once nobody has it any more", async () => {
    const { stack, service } = shared;
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    const dataSetId = await service.createDataSet();
    const program =
      (key: string): PulumiFn =>
      () => {
        const { revisionId } = new RevisionPublication("files", {
          dataSetId,
          contents: { files: { s3: { bucket: "source", keys: [key] } } },
          previousRevisions: "delete",
        });
        return Promise.resolve({ revisionId });
      };
    /** Names of assets by revision, oldest first; of finalized ones alone. */
    const published = async () => {
      const { Revisions = [] } = await service.dataExchange.send(
        new ListDataSetRevisionsCommand({ DataSetId: dataSetId }),
      );
      const finalized = Revisions.filter(({ Finalized }) => Finalized).reverse();
      return Promise.all(finalized.map(({ Id }) => service.listAssetNames({ dataSetId, revisionId: Id! })));
    };
    const revisionId = expectSuccess(await stack.up(program("a.csv"))).outputs.revisionId!.value as string;
    const { Arn, Id } = await service.dataExchange.send(
      new CreateDataGrantCommand({
        Name: "prices",
        SourceDataSetId: dataSetId,
        ReceiverPrincipal: "222222222222",
        GrantDistributionScope: "NONE",
      }),
    );
    const subscriber = clientOf("222222222222", region);
    await subscriber.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));

    const failed = await stack.up(program("b.csv"));
    expect(failed.error).to.be.an("error");
    expect(failed.stdout)
      .to.contain(`warning: Revision ${revisionId} of data set ${dataSetId} is published`)
      .and.to.contain("To take it from its subscribers, revoke it.");
    // What is new is published all the same, and nobody has lost anything.
    expect(await published()).to.deep.equal([["a.csv"], ["b.csv"]]);
    const jobs = await stack.jobs();
    expect((await stack.up()).error).to.be.an("error");
    expect(await stack.jobs()).to.deep.equal(jobs);

    await service.dataExchange.send(new DeleteDataGrantCommand({ DataGrantId: Id }));
    await service.reopenRevision({ dataSetId, revisionId });
    expectSuccess(await stack.up());
    expect(await published()).to.deep.equal([["b.csv"]]);
  });
});
