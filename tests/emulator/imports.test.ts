import { expect } from "chai";
import { EmulatorService, jobRequest, md5Of } from "./support";

describe("emulator: imports", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  it("imports objects of S3, each as an asset named by its key", async () => {
    const Bucket = await service.createBucket("import-in", { "a/b c+ü.csv": "one", "two.csv": "second" });
    const ids = await service.createRevisionIds();
    const AssetSources = [
      { Bucket, Key: "a/b c+ü.csv" },
      { Bucket, Key: "two.csv" },
      { Bucket, Key: "two.csv" },
    ];
    await service.runJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
    const assets = await service.listAssets(ids);
    expect(assets.map(({ Name }) => Name)).to.deep.equal(["two.csv", "two.csv", "a/b c+ü.csv"]);
    expect(assets.map(({ AssetDetails }) => AssetDetails!.S3SnapshotAsset!.Size)).to.deep.equal([6, 6, 3]);
    expect(assets[0]!.Arn).to.match(
      new RegExp(
        `^arn:aws:dataexchange:us-east-1:\\d{12}:data-sets/${ids.DataSetId}/revisions/${ids.RevisionId}/assets/`,
      ),
    );
  });

  it("imports what can be read and ends in ERROR over what cannot", async () => {
    const Bucket = await service.createBucket("import-part", { here: "x" });
    const ids = await service.createRevisionIds();
    const AssetSources = [
      { Bucket, Key: "here" },
      { Bucket, Key: "gone" },
      { Bucket: "no-such-bucket", Key: "k" },
    ];
    const id = await service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
    const job = await service.finishJob(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors).to.have.length(1);
    expect(job.Errors![0]).to.include({ Code: "RESOURCE_NOT_FOUND_EXCEPTION", ResourceType: "ASSET" });
    expect(job.Errors![0]!.Details!.ImportAssetsFromS3JobErrorDetails).to.deep.equal(AssetSources.slice(1));
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.deep.equal(["here"]);
  });

  it("imports the body that was put to the signed URL", async () => {
    const ids = await service.createRevisionIds();
    const body = "x".repeat(100_000);
    const { Id, Details } = await service.call(
      "CreateJob",
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "file.csv", Md5Hash: md5Of(body) }),
    );
    const { SignedUrl } = Details!.ImportAssetFromSignedUrl!;
    const put = await fetch(SignedUrl!, { method: "PUT", body, headers: { "Content-MD5": md5Of(body) } });
    expect(put.status).to.equal(200);
    expect((await service.finishJob(Id!)).State).to.equal("COMPLETED");
    const [asset] = await service.listAssets(ids);
    expect(asset).to.deep.include({
      Name: "file.csv",
      AssetDetails: { S3SnapshotAsset: { Size: body.length } },
    });

    const out = await service.createBucket("signed-out");
    await service.runJob(
      jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations: [{ AssetId: asset!.Id, Bucket: out }] }),
    );
    expect(await service.readObject(out, "file.csv")).to.equal(body);
  });

  it("ends in ERROR when another body than the promised one came, or none", async () => {
    const ids = await service.createRevisionIds();
    for (const body of ["another", undefined]) {
      const { Id, Details } = await service.call(
        "CreateJob",
        jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "file.csv", Md5Hash: md5Of("promised") }),
      );
      if (body) await fetch(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", body });
      const job = await service.finishJob(Id!);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]!.Code).to.equal("VALIDATION_EXCEPTION");
      expect(job.Errors![0]!.Details).to.deep.equal({
        ImportAssetFromSignedUrlJobErrorDetails: { AssetName: "file.csv" },
      });
    }
    expect(await service.listAssets(ids)).to.be.empty;
  });

  const importApi = async (ids: { DataSetId: string; RevisionId: string }, specification: string) => {
    const { Id, Details } = await service.call(
      "CreateJob",
      jobRequest("ImportAssetFromApiGatewayApi", {
        ...ids,
        ApiId: "abc123",
        ApiName: "quotes",
        ApiKey: "very-secret",
        ApiSpecificationMd5Hash: md5Of(specification),
        ProtocolType: "REST",
        Stage: "prod",
      }),
    );
    const url = Details!.ImportAssetFromApiGatewayApi!.ApiSpecificationUploadUrl!;
    await fetch(url, { method: "PUT", body: specification });
    return service.finishJob(Id!);
  };

  it("imports an API by its specification, which can be downloaded again", async () => {
    const ids = await service.createRevisionIds("API_GATEWAY_API");
    const specification = JSON.stringify({ openapi: "3.0.1", info: { title: "quotes" } });
    expect((await importApi(ids, specification)).State).to.equal("COMPLETED");
    const [entry] = await service.listAssets(ids);
    const asset = await service.call("GetAsset", { ...ids, AssetId: entry!.Id });
    expect(asset.Name).to.equal("quotes");
    const details = asset.AssetDetails!.ApiGatewayApiAsset!;
    expect(details.ApiEndpoint).to.equal("https://abc123.execute-api.us-east-1.amazonaws.com/prod");
    expect(await (await fetch(details.ApiSpecificationDownloadUrl!)).text()).to.equal(specification);
    const recorded = JSON.stringify([service.local.requests, service.local.jobs()]);
    expect(recorded).not.to.include("very-secret").and.not.to.include("X-Amz-Signature");
  });

  it("refuses a specification that is none", async () => {
    const ids = await service.createRevisionIds("API_GATEWAY_API");
    for (const specification of ["openapi: 3.0.1", '{"swagger":"2.0"}']) {
      const job = await importApi(ids, specification);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]!.Code).to.equal("VALIDATION_EXCEPTION");
    }
  });

  it("imports Redshift datashares by their ARNs, each named by its last part", async () => {
    const ids = await service.createRevisionIds("REDSHIFT_DATA_SHARE");
    const arn =
      "arn:aws:redshift:us-east-1:123456789012:datashare:86b5169f-01dc-4a6f-9fbb-e2e24359e9a8/sales";
    const id = await service.createJob(
      jobRequest("ImportAssetsFromRedshiftDataShares", {
        ...ids,
        AssetSources: [{ DataShareArn: arn }, { DataShareArn: "x" }],
      }),
    );
    const job = await service.finishJob(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]!.Message).to.include("x is not the ARN");
    const [asset, ...others] = await service.listAssets(ids);
    expect(asset).to.deep.include({ Name: "sales", AssetDetails: { RedshiftDataShareAsset: { Arn: arn } } });
    expect(others).to.be.empty;
  });

  it("imports a Lake Formation tag policy", async () => {
    const ids = await service.createRevisionIds("LAKE_FORMATION_DATA_PERMISSION");
    const Expression = [{ TagKey: "team", TagValues: ["a", "b"] }];
    const RoleArn = "arn:aws:iam::123456789012:role/dx";
    await service.runJob(
      jobRequest("ImportAssetsFromLakeFormationTagPolicy", {
        ...ids,
        CatalogId: "123456789012",
        RoleArn,
        Table: { Expression, Permissions: ["DESCRIBE", "SELECT"] },
      }),
    );
    const [asset] = await service.listAssets(ids);
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
    const Bucket = await service.createBucket("shared-bucket");
    const ids = await service.createRevisionIds("S3_DATA_ACCESS");
    const share = (bucket: string) =>
      service.createJob(
        jobRequest("CreateS3DataAccessFromS3Bucket", {
          ...ids,
          AssetSource: { Bucket: bucket, KeyPrefixes: ["a/"] },
        }),
      );
    expect((await service.finishJob(await share(Bucket))).State).to.equal("COMPLETED");
    expect((await service.finishJob(await share("nowhere"))).Errors![0]!.Code).to.equal(
      "RESOURCE_NOT_FOUND_EXCEPTION",
    );
    const [asset, ...others] = await service.listAssets(ids);
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
