import { CreateJobCommand, GetAssetCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { md5Of, Rig } from "./support";

describe("emulator: imports", () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  it("imports objects of S3, each as an asset named by its key", async () => {
    const Bucket = await rig.bucket("import-in", { "a/b c+ü.csv": "one", "two.csv": "second" });
    const ids = await rig.revision();
    const AssetSources = [
      { Bucket, Key: "a/b c+ü.csv" },
      { Bucket, Key: "two.csv" },
      { Bucket, Key: "two.csv" },
    ];
    await rig.run({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...ids, AssetSources } },
    });
    const assets = await rig.assets(ids);
    expect(assets.map(({ Name }) => Name)).to.deep.equal(["two.csv", "two.csv", "a/b c+ü.csv"]);
    expect(assets.map(({ AssetDetails }) => AssetDetails!.S3SnapshotAsset!.Size)).to.deep.equal([6, 6, 3]);
    expect(assets[0]!.Arn).to.match(
      new RegExp(
        `^arn:aws:dataexchange:us-east-1:\\d{12}:data-sets/${ids.DataSetId}/revisions/${ids.RevisionId}/assets/`,
      ),
    );
  });

  it("imports what can be read and ends in ERROR over what cannot", async () => {
    const Bucket = await rig.bucket("import-part", { here: "x" });
    const ids = await rig.revision();
    const AssetSources = [
      { Bucket, Key: "here" },
      { Bucket, Key: "gone" },
      { Bucket: "no-such-bucket", Key: "k" },
    ];
    const id = await rig.create({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...ids, AssetSources } },
    });
    const job = await rig.finish(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors).to.have.length(1);
    expect(job.Errors![0]).to.include({ Code: "RESOURCE_NOT_FOUND_EXCEPTION", ResourceType: "ASSET" });
    expect(job.Errors![0]!.Details!.ImportAssetsFromS3JobErrorDetails).to.deep.equal(AssetSources.slice(1));
    expect((await rig.assets(ids)).map(({ Name }) => Name)).to.deep.equal(["here"]);
  });

  it("imports the body that was put to the signed URL", async () => {
    const ids = await rig.revision();
    const body = "x".repeat(100_000);
    const { Id, Details } = await rig.dx.send(
      new CreateJobCommand({
        Type: "IMPORT_ASSET_FROM_SIGNED_URL",
        Details: { ImportAssetFromSignedUrl: { ...ids, AssetName: "file.csv", Md5Hash: md5Of(body) } },
      }),
    );
    const { SignedUrl } = Details!.ImportAssetFromSignedUrl!;
    const put = await fetch(SignedUrl!, { method: "PUT", body, headers: { "Content-MD5": md5Of(body) } });
    expect(put.status).to.equal(200);
    expect((await rig.finish(Id!)).State).to.equal("COMPLETED");
    const [asset] = await rig.assets(ids);
    expect(asset).to.deep.include({
      Name: "file.csv",
      AssetDetails: { S3SnapshotAsset: { Size: body.length } },
    });

    const out = await rig.bucket("signed-out");
    await rig.run({
      Type: "EXPORT_ASSETS_TO_S3",
      Details: { ExportAssetsToS3: { ...ids, AssetDestinations: [{ AssetId: asset!.Id, Bucket: out }] } },
    });
    expect(await rig.textOf(out, "file.csv")).to.equal(body);
  });

  it("ends in ERROR when another body than the promised one came, or none", async () => {
    const ids = await rig.revision();
    for (const body of ["another", undefined]) {
      const { Id, Details } = await rig.dx.send(
        new CreateJobCommand({
          Type: "IMPORT_ASSET_FROM_SIGNED_URL",
          Details: {
            ImportAssetFromSignedUrl: { ...ids, AssetName: "file.csv", Md5Hash: md5Of("promised") },
          },
        }),
      );
      if (body) await fetch(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", body });
      const job = await rig.finish(Id!);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]!.Code).to.equal("VALIDATION_EXCEPTION");
      expect(job.Errors![0]!.Details).to.deep.equal({
        ImportAssetFromSignedUrlJobErrorDetails: { AssetName: "file.csv" },
      });
    }
    expect(await rig.assets(ids)).to.be.empty;
  });

  const importApi = async (ids: { DataSetId: string; RevisionId: string }, specification: string) => {
    const { Id, Details } = await rig.dx.send(
      new CreateJobCommand({
        Type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
        Details: {
          ImportAssetFromApiGatewayApi: {
            ...ids,
            ApiId: "abc123",
            ApiName: "quotes",
            ApiKey: "very-secret",
            ApiSpecificationMd5Hash: md5Of(specification),
            ProtocolType: "REST",
            Stage: "prod",
          },
        },
      }),
    );
    const url = Details!.ImportAssetFromApiGatewayApi!.ApiSpecificationUploadUrl!;
    await fetch(url, { method: "PUT", body: specification });
    return rig.finish(Id!);
  };

  it("imports an API by its specification, which can be downloaded again", async () => {
    const ids = await rig.revision("API_GATEWAY_API");
    const specification = JSON.stringify({ openapi: "3.0.1", info: { title: "quotes" } });
    expect((await importApi(ids, specification)).State).to.equal("COMPLETED");
    const [entry] = await rig.assets(ids);
    const asset = await rig.dx.send(new GetAssetCommand({ ...ids, AssetId: entry!.Id }));
    expect(asset.Name).to.equal("quotes");
    const details = asset.AssetDetails!.ApiGatewayApiAsset!;
    expect(details.ApiEndpoint).to.equal("https://abc123.execute-api.us-east-1.amazonaws.com/prod");
    expect(await (await fetch(details.ApiSpecificationDownloadUrl!)).text()).to.equal(specification);
    const recorded = JSON.stringify([rig.local.requests, rig.local.jobs()]);
    expect(recorded).not.to.include("very-secret").and.not.to.include("X-Amz-Signature");
  });

  it("refuses a specification that is none", async () => {
    const ids = await rig.revision("API_GATEWAY_API");
    for (const specification of ["openapi: 3.0.1", '{"swagger":"2.0"}']) {
      const job = await importApi(ids, specification);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]!.Code).to.equal("VALIDATION_EXCEPTION");
    }
  });

  it("imports Redshift datashares by their ARNs, each named by its last part", async () => {
    const ids = await rig.revision("REDSHIFT_DATA_SHARE");
    const arn =
      "arn:aws:redshift:us-east-1:123456789012:datashare:86b5169f-01dc-4a6f-9fbb-e2e24359e9a8/sales";
    const id = await rig.create({
      Type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
      Details: {
        ImportAssetsFromRedshiftDataShares: {
          ...ids,
          AssetSources: [{ DataShareArn: arn }, { DataShareArn: "x" }],
        },
      },
    });
    const job = await rig.finish(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]!.Message).to.include("x is not the ARN");
    const [asset, ...others] = await rig.assets(ids);
    expect(asset).to.deep.include({ Name: "sales", AssetDetails: { RedshiftDataShareAsset: { Arn: arn } } });
    expect(others).to.be.empty;
  });

  it("imports a Lake Formation tag policy", async () => {
    const ids = await rig.revision("LAKE_FORMATION_DATA_PERMISSION");
    const Expression = [{ TagKey: "team", TagValues: ["a", "b"] }];
    const RoleArn = "arn:aws:iam::123456789012:role/dx";
    await rig.run({
      Type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
      Details: {
        ImportAssetsFromLakeFormationTagPolicy: {
          ...ids,
          CatalogId: "123456789012",
          RoleArn,
          Table: { Expression, Permissions: ["DESCRIBE", "SELECT"] },
        },
      },
    });
    const [asset] = await rig.assets(ids);
    expect(asset!.AssetDetails!.LakeFormationDataPermissionAsset).to.deep.equal({
      LakeFormationDataPermissionDetails: {
        LFTagPolicy: {
          CatalogId: "123456789012",
          ResourceType: "TABLE",
          ResourceDetails: { Table: { Expression } },
        },
      },
      LakeFormationDataPermissionType: "LFTagPolicy",
      Permissions: ["DESCRIBE", "SELECT"],
      RoleArn,
    });
  });

  it("shares a bucket that exists, and no other", async () => {
    const Bucket = await rig.bucket("shared-bucket");
    const ids = await rig.revision("S3_DATA_ACCESS");
    const share = (bucket: string) =>
      rig.create({
        Type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
        Details: {
          CreateS3DataAccessFromS3Bucket: { ...ids, AssetSource: { Bucket: bucket, KeyPrefixes: ["a/"] } },
        },
      });
    expect((await rig.finish(await share(Bucket))).State).to.equal("COMPLETED");
    expect((await rig.finish(await share("nowhere"))).Errors![0]!.Code).to.equal(
      "RESOURCE_NOT_FOUND_EXCEPTION",
    );
    const [asset, ...others] = await rig.assets(ids);
    expect(asset!.AssetDetails!.S3DataAccessAsset).to.deep.include({ Bucket, KeyPrefixes: ["a/"] });
    expect(asset!.AssetDetails!.S3DataAccessAsset).to.have.all.keys(
      "Bucket",
      "KeyPrefixes",
      "S3AccessPointAlias",
      "S3AccessPointArn",
    );
    expect(others).to.be.empty;
  });
});
