/** Publications of each kind of content, and in another account. */
import { GetRevisionCommand } from "@aws-sdk/client-dataexchange";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import * as apigateway from "@pulumi/aws/apigateway";
import * as dataexchange from "@pulumi/aws/dataexchange";
import { Provider } from "@pulumi/aws/provider";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { RevisionContent } from "../../../components/revision-contents";
import { RevisionPublication } from "../../../components/revision-publication";
import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import { forEachHost } from "../../harness/hosts";
import { awsPlugin, expectSuccess, valuesOf } from "../../harness/stack";
import { openApi } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { toSdkIds, useProgramEnvironment } from "../../harness/service";

forEachHost("RevisionPublication with every kind of content", function (host) {
  this.timeout("10m");
  const shared = host.useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  before(() => {
    const { workspace } = shared.stack.stack;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: shared.service.endpoint };
  });
  afterEach(() => shared.stack.clearState());

  it("publishes every kind of content, nothing for an alias, and a new revision for other key prefixes", async () => {
    const { stack, service } = shared;
    const bucket = await service.createBucket("prices-bucket", { "prices/a.csv": "1", "prices/b.csv": "2" });
    const dataSets = {
      mixed: await service.createDataSet(),
      licensed: await service.createDataSet("REDSHIFT_DATA_SHARE"),
      tables: await service.createDataSet("LAKE_FORMATION_DATA_PERMISSION"),
      shared: await service.createDataSet("S3_DATA_ACCESS"),
    };
    const share =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const program =
      (keyPrefixes: string[], mixedName: string, mixedOptions?: ComponentResourceOptions): PulumiFn =>
      () => {
        const contents: Record<keyof typeof dataSets, Record<string, RevisionContent>> = {
          mixed: { two: { s3: { bucket, prefix: "prices/" } }, notes: { files: { paths: ["LICENSE"] } } },
          licensed: { sales: { redshift: { dataShareArns: [share] } } },
          tables: { all: { lakeFormation: { table: [{ tagKey: "share", tagValues: ["yes"] }] } } },
          shared: { prices: { s3DataAccess: { bucket, keyPrefixes } } },
        };
        const publish = (of: keyof typeof dataSets, name: string, opts?: ComponentResourceOptions) => {
          const args = { dataSetId: dataSets[of], contents: contents[of] };
          const { revisionId, assets, finalized } = new RevisionPublication(name, args, opts);
          const names = assets.apply((all) => all.map(({ name }) => name).sort());
          const types = assets.apply((all) => [...new Set(all.map(({ assetType }) => assetType))]);
          return { revisionId, finalized, names, types };
        };
        return Promise.resolve({
          mixed: publish("mixed", mixedName, mixedOptions),
          licensed: publish("licensed", "licensed"),
          tables: publish("tables", "tables"),
          shared: publish("shared", "shared"),
        });
      };
    type Outputs = Record<keyof typeof dataSets, { revisionId: string; names: string[]; types: string[] }>;
    const first = valuesOf(expectSuccess(await stack.up(program(["daily/"], "mixed")))) as Outputs;
    for (const published of Object.values(first)) expect(published).to.include({ finalized: true });
    const names = ["LICENSE", "prices/a.csv", "prices/b.csv"];
    expect(first.mixed.names).to.deep.equal(names);
    const { revisionId } = first.mixed;
    expect(await service.listAssetNames({ dataSetId: dataSets.mixed, revisionId })).to.deep.equal(names);
    expect(first.licensed.names).to.deep.equal(["sales"]);
    expect(first.tables.types).to.deep.equal(["LAKE_FORMATION_DATA_PERMISSION"]);
    expect(first.shared.types).to.deep.equal(["S3_DATA_ACCESS"]);
    expect((await listStoredResources(service)).map(({ type }) => type)).to.include.members([
      "aws:iam/role:Role",
      "aws:lakeformation/permissions:Permissions",
    ]);

    const aliases = [{ name: "mixed" }];
    const second = expectSuccess(await stack.up(program(["daily/", "monthly/"], "renamed", { aliases })));
    // One revision with its job and finalization, and the policy of the bucket.
    expect(second.changes).to.include({ replace: 3, update: 1 }).and.to.not.have.any.keys("create", "delete");
    const { shared: changed, ...others } = valuesOf(second) as Outputs;
    expect({ ...others, shared: first.shared }).to.deep.equal(first);
    expect(changed.revisionId).not.to.equal(first.shared.revisionId);
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(Policy).to.contain(`arn:aws:s3:::${bucket}/monthly/*`);
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
        const restApi = new apigateway.RestApi("quotes", { body }, there);
        const deployment = new apigateway.Deployment("quotes", { restApi, triggers: { body } }, there);
        const stage = new apigateway.Stage("quotes", { restApi, deployment, stageName: "v1" }, there);
        const ofApis = { assetType: "API_GATEWAY_API", description: "of another account" };
        const dataSet = new dataexchange.DataSet("quotes", ofApis, there);
        const api = { restApiId: stage.restApi, stageName: stage.stageName, apiName: "quotes" };
        const args = { dataSetId: dataSet.id, region: elsewhere, assumeRole, contents: { quotes: { api } } };
        const opts = { providers: [provider], dependsOn: stage };
        const { revisionId } = new RevisionPublication("quotes", args, opts);
        return Promise.resolve({ dataSetId: dataSet.id, revisionId });
      };
    const first = valuesOf(expectSuccess(await stack.up(program("one"))));
    const second = valuesOf(expectSuccess(await stack.up(program("two"))));
    expect(second.revisionId).to.not.equal(first.revisionId);
    const client = service.connect(elsewhere, account);
    const ids = toSdkIds(second as unknown as RevisionIds);
    const { Finalized } = await client.send(new GetRevisionCommand(ids));
    client.destroy();
    expect(Finalized).to.equal(true);
    expectSuccess(await stack.destroy());
  });
});
