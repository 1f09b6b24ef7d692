import type { CreateJobRequest } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, jobRequest, md5Of, rejection } from "../harness/emulator-service";

describe("emulator: imports", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  const namesOf = async (ids: SdkIds) => (await service.listAssets(ids)).map(({ Name }) => Name);

  it("imports objects of S3, each as an asset with the key as its name", async () => {
    const Bucket = await service.createBucket("import-in", { "a/b c+ü.csv": "one", "two.csv": "second" });
    const ids = await service.createRevisionIds();
    await service.importObjects(ids, Bucket, "a/b c+ü.csv", "two.csv", "two.csv");
    const assets = await service.listAssets(ids);
    const found = assets.map(({ Name, AssetDetails }) => [Name, AssetDetails!.S3SnapshotAsset!.Size]);
    expect(found).to.deep.equal([
      ["two.csv", 6],
      ["two.csv", 6],
      ["a/b c+ü.csv", 3],
    ]);
    const revision = `data-sets/${ids.DataSetId}/revisions/${ids.RevisionId}`;
    expect(assets[0]!.Arn).to.match(
      new RegExp(`^arn:aws:dataexchange:us-east-1:\\d{12}:${revision}/assets/`),
    );
  });

  // Source: user guide, Jobs, AWS Regions and jobs.
  it("imports from a bucket of another region", async () => {
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await service.s3.createBucket({ Bucket: "prices-eu", CreateBucketConfiguration });
    await service.putObject("prices-eu", "a.csv", "1");
    await service.importObjects(await service.createRevisionIds(), "prices-eu", "a.csv");
  });

  it("imports the readable objects of a job and ends it in ERROR because of the others", async () => {
    const Bucket = await service.createBucket("import-part", { here: "x" });
    const ids = await service.createRevisionIds();
    const absent = [
      { Bucket, Key: "gone" },
      { Bucket: "no-such-bucket", Key: "k" },
    ];
    const AssetSources = [{ Bucket, Key: "here" }, ...absent];
    const error = await service.jobError(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
    expect(error).to.include({ Code: "RESOURCE_NOT_FOUND_EXCEPTION", ResourceType: "ASSET" });
    expect(error.Details!.ImportAssetsFromS3JobErrorDetails).to.deep.equal(absent);
    expect(await namesOf(ids)).to.deep.equal(["here"]);
  });

  it("imports the body that is uploaded to the signed URL", async () => {
    const ids = await service.createRevisionIds();
    const body = "x".repeat(100_000);
    const { id, url } = await service.createUpload(body, ids);
    const put = await fetch(url, { method: "PUT", body, headers: { "Content-MD5": md5Of(body) } });
    expect(put.status).to.equal(200);
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
    const [asset] = await service.listAssets(ids);
    expect(asset!.Name).to.equal("file");
    expect(asset!.AssetDetails!.S3SnapshotAsset!.Size).to.equal(body.length);
    const { DataSetId: dataSetId, RevisionId: revisionId } = ids;
    expect(await service.readAsset({ dataSetId, revisionId }, asset!.Id!)).to.equal(body);
  });

  it("ends an import in ERROR without a body and with a body of another MD5", async () => {
    const ids = await service.createRevisionIds();
    for (const body of ["another", undefined]) {
      const { id, url } = await service.createUpload("promised", ids);
      if (body) await fetch(url, { method: "PUT", body });
      const { Code, Details } = await service.jobError(id);
      expect(Code).to.equal("VALIDATION_EXCEPTION");
      expect(Details!.ImportAssetFromSignedUrlJobErrorDetails).to.deep.equal({ AssetName: "file" });
    }
    expect(await namesOf(ids)).to.be.empty;
  });

  // Source: job_test.go of Terraform's AWS provider.
  it("accepts 24 characters of base64 as an MD5", async () => {
    await service.createUploadOf("NTdmMmNkNmVkNzZlY2IyNTUK");
  });

  it("imports an API by its specification, which can be downloaded", async () => {
    const specification = JSON.stringify({ openapi: "3.0.1", info: { title: "quotes" } });
    const { ids, job } = await service.importApi("abc123", specification);
    expect(job.State).to.equal("COMPLETED");
    const [{ Id: AssetId } = {}] = await service.listAssets(ids);
    const asset = await service.call("GetAsset", { ...ids, AssetId });
    expect(asset.Name).to.equal("prices");
    const { ApiEndpoint, ApiSpecificationDownloadUrl } = asset.AssetDetails!.ApiGatewayApiAsset!;
    expect(ApiEndpoint).to.equal("https://abc123.execute-api.us-east-1.amazonaws.com/prod");
    expect(await (await fetch(ApiSpecificationDownloadUrl!)).text()).to.equal(specification);
    const recorded = JSON.stringify([service.local.requests, service.local.jobs()]);
    expect(recorded).not.to.include("very-secret").and.not.to.include("X-Amz-Signature");
  });

  it("refuses an API specification that is not OpenAPI 3 in JSON", async () => {
    for (const specification of ["openapi: 3.0.1", '{"swagger":"2.0"}']) {
      const { State, Errors } = (await service.importApi("abc123", specification)).job;
      expect([State, Errors![0]!.Code]).to.deep.equal(["ERROR", "VALIDATION_EXCEPTION"]);
    }
  });

  it("imports up to ten Redshift datashares by their ARNs, each with the last part as its name", async () => {
    const ids = await service.createRevisionIds("REDSHIFT_DATA_SHARE");
    const arn = "arn:aws:redshift:us-east-1:123456789012:datashare:86b5169f-01dc-4a6f-9fbb-e2e24359e9a8";
    const request = (...arns: string[]) => {
      const AssetSources = arns.map((DataShareArn) => ({ DataShareArn }));
      return jobRequest("ImportAssetsFromRedshiftDataShares", { ...ids, AssetSources });
    };
    const arns = Array.from({ length: 11 }, (_, nth) => `${arn}/s${nth}`);
    await rejection(service.createJob(request(...arns)), "ValidationException");
    await service.runJob(request(...arns.slice(1)));
    const invalid = await service.jobError(request(`${arn}/valid`, "x"));
    expect(invalid.Message).to.include("x is not the ARN");
    const [asset, ...others] = await service.listAssets(ids);
    const AssetDetails = { RedshiftDataShareAsset: { Arn: `${arn}/valid` } };
    expect(asset).to.deep.include({ Name: "valid", AssetDetails });
    expect(others).to.have.length(10);
  });

  // Source of the names: API model, AssetEntry.Name.
  it("imports the databases and the tables of a Lake Formation tag policy", async () => {
    const ids = await service.createRevisionIds("LAKE_FORMATION_DATA_PERMISSION");
    const Expression = [{ TagKey: "team", TagValues: ["a", "b"] }];
    const grant = { CatalogId: "123456789012", RoleArn: "arn:aws:iam::123456789012:role/dx" };
    const Database = { Expression, Permissions: ["DESCRIBE" as const] };
    const Table = { Expression, Permissions: ["DESCRIBE" as const, "SELECT" as const] };
    await service.runJob(
      jobRequest("ImportAssetsFromLakeFormationTagPolicy", { ...ids, ...grant, Database, Table }),
    );
    const names = ["Table(s) included in LF-tag policy", "Database(s) included in LF-tag policy"];
    expect(await namesOf(ids)).to.deep.equal(names);
    const [table] = await service.listAssets(ids);
    const ResourceDetails = { Table: { Expression } };
    const LFTagPolicy = { CatalogId: grant.CatalogId, ResourceType: "TABLE", ResourceDetails };
    expect(table!.AssetDetails!.LakeFormationDataPermissionAsset).to.deep.equal({
      LakeFormationDataPermissionDetails: { LFTagPolicy },
      LakeFormationDataPermissionType: "LFTagPolicy",
      ...{ Permissions: Table.Permissions, RoleArn: grant.RoleArn },
    });
  });

  // Source: S3 User Guide, names of buckets and of objects.
  it("refuses names in imports and exports that no bucket and no object can have", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1" });
    const AssetId = assets[0]!.Id!;
    const Bucket = await service.createBucket("named");
    const exportTo = (at: { Bucket: string; Key: string }) =>
      jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations: [{ AssetId, ...at }] });
    const expectInvalid = async (request: CreateJobRequest) =>
      expect((await service.jobError(request)).Code).to.equal("VALIDATION_EXCEPTION");
    const buckets = ["arn:aws:s3:::source", "s3://source", "Source", "so"];
    const keys = ["k".repeat(1025), "ä".repeat(513)];
    for (const at of [
      ...buckets.map((name) => ({ Bucket: name, Key: "a" })),
      ...keys.map((Key) => ({ Bucket, Key })),
    ]) {
      await expectInvalid(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [at] }));
      await expectInvalid(exportTo(at));
    }
    await service.runJob(exportTo({ Bucket, Key: "ä".repeat(512) }));
  });
});
