/** Components that license data in place, with the grants that each declares, on the real engine. */
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { Input } from "@pulumi/pulumi";
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { ApiAsset } from "../../../components/api-asset";
import { unknownOutput } from "../../../components/support/resolve-input";
import { LakeFormationImport } from "../../../components/lake-formation-import";
import { RedshiftImport } from "../../../components/redshift-import";
import { S3DataAccess, s3DataAccessStatements } from "../../../components/s3-data-access";
import { forEachHost } from "../../harness/hosts";
import { openApi } from "../../harness/programs";
import { expectSuccess, messageCodes } from "../../harness/stack";
import { attachedAws } from "../../harness/use-stack";
import { listStoredResources } from "../../fake-aws-plugin/stored-resource";

forEachHost("components that license data in place", function (host) {
  this.timeout("5m");
  const shared = host.useStack({}, attachedAws);
  let revision: { dataSetId: string; revisionId: string };

  afterEach(() => shared.stack.clearState());

  /** Destroys the stack with the grants of the components. */
  const destroy = async () => {
    expectSuccess(await shared.stack.destroy());
    expect(await listStoredResources(shared.service)).to.deep.equal([]);
  };

  describe("ApiAsset", () => {
    beforeEach(async () => (revision = await shared.service.createEmptyRevision("API_GATEWAY_API")));

    const program =
      (specification: string | Record<string, unknown>, apiName: Input<string> = "quotes"): PulumiFn =>
      () => {
        const api = { restApiId: "abc123", stageName: "v1", apiName, apiKey: "planted-api-key" };
        const { jobId, state, asset, apiEndpoint } = new ApiAsset("quotes", {
          ...{ ...revision, ...api, specification },
        });
        return Promise.resolve({ jobId, state, asset, apiEndpoint });
      };

    it("imports a given document, and replaces the asset for another document", async () => {
      const { stack, service } = shared;
      const [one, two] = [openApi("one"), openApi("two")];
      expect(expectSuccess(await stack.preview(program(one))).changes).to.deep.equal({ create: 3 });
      const { outputs } = expectSuccess(await stack.up());
      expect(outputs.state!.value).to.equal("COMPLETED");
      expect(outputs.asset!.value).to.include({ name: "quotes", assetType: "API_GATEWAY_API" });
      expect(outputs.apiEndpoint!.value).to.equal("https://abc123.execute-api.us-east-1.amazonaws.com/v1");
      const asObject = expectSuccess(await stack.up(program(JSON.parse(one) as Record<string, unknown>)));
      expect(asObject.changes).to.deep.equal({ same: 3 });
      const replaced = expectSuccess(await stack.up(program(two)));
      expect(replaced.changes).to.deep.equal({ replace: 1, same: 2 });
      expect(await service.listAssetNames(revision)).to.deep.equal(["quotes"]);
      expect(await stack.readState())
        .not.to.contain("planted-api-key")
        .and.not.to.contain('"title');
    });

    it("has outputs that are secret only if they repeat a secret", async () => {
      const secretsWith = async (apiName: Input<string>) => {
        const { outputs } = expectSuccess(await shared.stack.up(program(openApi("one"), apiName)));
        return Object.entries(outputs).flatMap(([name, { secret }]) => (secret ? [name] : []));
      };
      expect(await secretsWith("quotes")).to.deep.equal([]);
      expect(await secretsWith(secret("planted-name"))).to.deep.equal(["asset"]);
    });
  });

  describe("RedshiftImport", () => {
    beforeEach(async () => (revision = await shared.service.createEmptyRevision("REDSHIFT_DATA_SHARE")));

    const namespace =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555";
    const arns = (count: number) => Array.from({ length: count }, (_, i) => `${namespace}/sales${i}`);
    const program =
      (dataShareArns: string[], authorize?: boolean): PulumiFn =>
      () => {
        const { states, assets } = new RedshiftImport("sales", { ...revision, dataShareArns, authorize });
        return Promise.resolve({ states, assets });
      };

    it("imports each datashare once in jobs of at most ten, and replaces few jobs for an added one", async () => {
      const { stack, service } = shared;
      expectSuccess(await stack.preview(program(arns(19))));
      const { outputs } = expectSuccess(await stack.up());
      const sizes = (await stack.jobs()).map(({ outputs }) => outputs.assets.length);
      expect(Math.max(...sizes)).to.be.at.most(10);
      expect(outputs.assets!.value).to.have.length(19);
      expect(await service.listAssetNames(revision)).to.deep.equal(
        arns(19)
          .map((arn) => arn.split("/")[1])
          .sort(),
      );
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: sizes.length + 2 });
      // A revision holds at most 20 datashares, so the old assets must be deleted before the new ones are imported.
      const { create = 0, replace = 0 } = expectSuccess(await stack.up(program(arns(20)))).changes;
      expect(create + replace).to.be.within(1, 2);
      expect(await service.listAssetNames(revision)).to.have.length(20);
    });

    it("authorizes Data Exchange before the import if authorize is true", async () => {
      const { stack, service } = shared;
      expect(expectSuccess(await stack.up(program(arns(2), true))).changes).to.deep.equal({ create: 5 });
      const authorizations = await listStoredResources(service);
      expect(authorizations).to.have.length(2);
      for (const { type, properties } of authorizations) {
        expect(type).to.equal("aws:redshift/dataShareAuthorization:DataShareAuthorization");
        expect(properties).to.include({ consumerIdentifier: "ADX" });
      }
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 5 });
      await destroy();
    });

    it("declares a job for few unknown datashares, and notes that many are decided later", async () => {
      const { stack } = shared;
      const preview = expectSuccess(
        await stack.preview(() => {
          new RedshiftImport("few", { ...revision, dataShareArns: [unknownOutput<string>(), arns(1)[0]!] });
          new RedshiftImport("many", { ...revision, dataShareArns: unknownOutput<string[]>() });
          return Promise.resolve();
        }),
      );
      // The stack, both components, and the job of "few".
      expect(preview.changes).to.deep.equal({ create: 4 });
      expect(preview.stdout).to.match(/dataexchange(:index)?:Job::few/);
      expect(messageCodes(preview)).to.include("datashares-not-known-yet");
    });
  });

  describe("LakeFormationImport", () => {
    beforeEach(
      async () => (revision = await shared.service.createEmptyRevision("LAKE_FORMATION_DATA_PERMISSION")),
    );

    const table = [{ tagKey: "share", tagValues: ["yes"] }];

    it("creates the role and its grants before the import", async () => {
      const { stack, service } = shared;
      const database = [{ tagKey: "team", tagValues: ["market"] }];
      const program: PulumiFn = () => {
        const args = { ...revision, database, table, tags: { owner: "me" } };
        const { state, assets, roleArn } = new LakeFormationImport("lake", args);
        return Promise.resolve({ state, assets, roleArn });
      };
      // The stack, the component, a role and its policy, grants on two policies and two tags, the job.
      expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal({ create: 9 });
      const { outputs } = expectSuccess(await stack.up());
      expect(outputs.state!.value).to.equal("COMPLETED");
      expect(outputs.assets!.value).to.have.length(2);
      expect(outputs.roleArn!.value).to.match(/^arn:aws:iam::000000000000:role\/lake-role-/);
      const grants = (await listStoredResources(service)).filter(({ type }) => type.endsWith(":Permissions"));
      expect(grants).to.have.length(4);
      for (const { properties } of grants) expect(properties.principal).to.equal(outputs.roleArn!.value);
      const onTables = grants
        .map(({ properties }) => properties)
        .find(({ lfTagPolicy }) => (lfTagPolicy as { resourceType: string })?.resourceType === "TABLE");
      expect(onTables).to.deep.include({
        catalogId: "000000000000",
        permissions: ["DESCRIBE", "SELECT"],
        permissionsWithGrantOptions: ["DESCRIBE", "SELECT"],
      });
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 9 });
      await destroy();
    });

    it("uses a given role and the catalog of its account, without grants", async () => {
      const { stack, service } = shared;
      const roleArn = "arn:aws:iam::123456789012:role/grants";
      const program: PulumiFn = () => {
        new LakeFormationImport("lake", { ...revision, table, tablePermissions: ["DESCRIBE"], roleArn });
        return Promise.resolve();
      };
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ create: 3 });
      const details = (await stack.job()).inputs.details as Record<string, Record<string, unknown>>;
      expect(details.importAssetsFromLakeFormationTagPolicy).to.deep.include({
        catalogId: "123456789012",
        roleArn,
      });
      expect(await listStoredResources(service)).to.deep.equal([]);
    });
  });

  describe("S3DataAccess", () => {
    beforeEach(async () => {
      revision = await shared.service.createEmptyRevision("S3_DATA_ACCESS");
      bucket = await shared.service.createBucket(`shared-bucket-${++buckets}`);
    });
    let bucket: string;
    let buckets = 0;

    const program =
      (keyPrefixes: string[], bucketPolicy?: boolean): PulumiFn =>
      () => {
        const { state, asset } = new S3DataAccess("prices", {
          ...{ ...revision, bucket, keyPrefixes, bucketPolicy },
          kmsKeyArns: ["arn:aws:kms:us-east-1:123456789012:key/1"],
        });
        return Promise.resolve({ state, asset });
      };
    const policy = async () => {
      const found = await shared.service.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
      return JSON.parse(found.Policy!) as { Statement: unknown };
    };

    it("declares the bucket policy before the import, and updates both", async () => {
      const { stack } = shared;
      expect(expectSuccess(await stack.preview(program(["in/"]))).changes).to.deep.equal({ create: 4 });
      const { outputs } = expectSuccess(await stack.up());
      expect(outputs.state!.value).to.equal("COMPLETED");
      expect(outputs.asset!.value)
        .to.include({ assetType: "S3_DATA_ACCESS" })
        .and.to.have.property("name")
        .that.matches(/^s3-data-access-[0-9a-f]{32}$/);
      const statements = (keyPrefixes: string[]) => s3DataAccessStatements({ bucket, keyPrefixes });
      expect((await policy()).Statement).to.deep.equal(statements(["in/"]));
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 4 });
      const changed = expectSuccess(await stack.up(program(["in/", "out/"])));
      expect(changed.changes).to.deep.equal({ replace: 1, update: 1, same: 2 });
      expect((await policy()).Statement).to.deep.equal(statements(["in/", "out/"]));
      await destroy();
      expect(await policy().catch(String)).to.contain("NoSuchBucketPolicy");
    });

    it("declares no bucket policy with bucketPolicy: false", async () => {
      const { stack } = shared;
      expect(expectSuccess(await stack.up(program(["in/"], false))).changes).to.deep.equal({ create: 3 });
      expect(await policy().catch(String)).to.contain("NoSuchBucketPolicy");
    });
  });
});
