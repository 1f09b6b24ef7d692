/** What AWS documents, or Terraform's tests at AWS expect, of the assets that jobs make and of what jobs take. */
import type { AssetType, CreateJobRequest } from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { s3DataAccessStatements } from "../../components/s3-data-access";
import type { LocalDataExchangeOptions } from "../../emulator/index";
import type { SdkIds } from "./support";
import { EmulatorService, jobRequest, rejection } from "./support";

/** `verify.UUIDRegexPattern` of Terraform's AWS provider. */
const uuid = "[a-f0-9]{8}-[a-f0-9]{4}-[1-5][a-f0-9]{3}-[ab89][a-f0-9]{3}-[a-f0-9]{12}";

describe("emulator: what AWS documents of assets and jobs", () => {
  let service: EmulatorService;
  afterEach(() => service.stop());

  const start = async (options: LocalDataExchangeOptions = {}) =>
    (service = await EmulatorService.start(options));

  const sharing = (ids: SdkIds, AssetSource: { Bucket: string; Keys?: string[] }): CreateJobRequest =>
    jobRequest("CreateS3DataAccessFromS3Bucket", { ...ids, AssetSource });

  it("S3 data access: name, ARN and alias of an asset (revision_assets_test.go)", async () => {
    await start();
    const ids = await service.createRevisionIds("S3_DATA_ACCESS");
    const Bucket = await service.createBucket("shared", { test: "1" });
    await service.runJob(sharing(ids, { Bucket, Keys: ["test"] }));
    const [asset] = await service.listAssets(ids);
    expect(asset!.Name)
      .to.equal(`s3-data-access-${asset!.Id}`)
      .and.to.match(/^s3-data-access-[a-f0-9]{32}$/);
    const { S3AccessPointArn, S3AccessPointAlias, ...rest } = asset!.AssetDetails!.S3DataAccessAsset!;
    expect(S3AccessPointArn).to.match(new RegExp(`^arn:aws:s3:us-east-1:\\d{12}:accesspoint/${uuid}$`));
    expect(S3AccessPointAlias).to.match(/^[-a-z0-9]+-s3alias$/);
    expect(rest).to.deep.equal({ Bucket, Keys: ["test"] });
  });

  it("S3 data access: the bucket's policy, where that is asked for", async () => {
    await start({ requireBucketPolicy: true });
    const ids = await service.createRevisionIds("S3_DATA_ACCESS");
    const Bucket = await service.createBucket("shared", { a: "1" });
    const refused = await service.finishJob(await service.createJob(sharing(ids, { Bucket })));
    expect(refused.State).to.equal("ERROR");
    expect(refused.Errors![0]).to.include({ Code: "VALIDATION_EXCEPTION", ResourceType: "ASSET" });
    const Policy = JSON.stringify({ Statement: s3DataAccessStatements({ bucket: Bucket }) });
    await service.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await service.runJob(sharing(ids, { Bucket }));
  });

  it("S3 data access: five assets in a revision, five revisions in a data set", async () => {
    await start();
    const ids = await service.createRevisionIds("S3_DATA_ACCESS");
    const Bucket = await service.createBucket("shared");
    for (let count = 0; count < 5; count += 1) await service.runJob(sharing(ids, { Bucket }));
    const sixth = await service.finishJob(await service.createJob(sharing(ids, { Bucket })));
    expect(sixth.Errors![0]).to.include({
      Code: "SERVICE_QUOTA_EXCEEDED_EXCEPTION",
      LimitName: "Amazon S3 data access assets per revision",
      LimitValue: 5,
    });
    const { LimitName } = await rejection(fill("S3_DATA_ACCESS", 5), "ServiceLimitExceededException");
    expect(LimitName).to.equal("Revisions per Amazon S3 data access data set");
  });

  it("Lake Formation: 20 revisions in a data set", async () => {
    await start();
    const { LimitName } = await rejection(
      fill("LAKE_FORMATION_DATA_PERMISSION", 20),
      "ServiceLimitExceededException",
    );
    expect(LimitName).to.equal("Revisions per AWS Lake Formation data permission data set");
  });

  /** Makes one revision more than a data set takes. */
  async function fill(type: AssetType, most: number): Promise<void> {
    const { DataSetId } = await service.createRevisionIds(type);
    for (let count = 1; count < most; count += 1) await service.call("CreateRevision", { DataSetId });
    await service.call("CreateRevision", { DataSetId });
  }

  it("Lake Formation: names of assets (API model, AssetEntry.Name)", async () => {
    await start();
    const ids = await service.createRevisionIds("LAKE_FORMATION_DATA_PERMISSION");
    const Expression = [{ TagKey: "team", TagValues: ["a"] }];
    await service.runJob(
      jobRequest("ImportAssetsFromLakeFormationTagPolicy", {
        ...ids,
        CatalogId: "111111111111",
        RoleArn: "arn:aws:iam::111111111111:role/r",
        Database: { Expression, Permissions: ["DESCRIBE"] },
        Table: { Expression, Permissions: ["SELECT"] },
      }),
    );
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.have.members([
      "Database(s) included in LF-tag policy",
      "Table(s) included in LF-tag policy",
    ]);
  });

  it("Redshift: ten datashares in a job", async () => {
    await start();
    const ids = await service.createRevisionIds("REDSHIFT_DATA_SHARE");
    const arn = "arn:aws:redshift:us-east-1:111111111111:datashare:2f1a0b00-0000-4000-8000-000000000000";
    const request = (count: number): CreateJobRequest => {
      const AssetSources = Array.from({ length: count }, (_, nth) => ({ DataShareArn: `${arn}/s${nth}` }));
      return jobRequest("ImportAssetsFromRedshiftDataShares", { ...ids, AssetSources });
    };
    await rejection(service.createJob(request(11)), "ValidationException");
    await service.runJob(request(10));
  });

  it("exports of revisions: one in a job", async () => {
    await start();
    const { DataSetId, RevisionId } = await service.createFilledRevision({ a: "1" });
    const RevisionDestinations = ["one", "two"].map((Bucket) => ({ RevisionId, Bucket }));
    await rejection(
      service.call("CreateJob", jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations })),
      "ValidationException",
    );
  });

  it("uploads: CreateJob takes 24 characters of base64 as an MD5 (job_test.go)", async () => {
    await start();
    const ids = await service.createRevisionIds();
    expect(
      await service.createJob(
        jobRequest("ImportAssetFromSignedUrl", {
          ...ids,
          AssetName: "test",
          Md5Hash: "NTdmMmNkNmVkNzZlY2IyNTUK",
        }),
      ),
    ).to.be.a("string");
  });

  it("imports and exports: names that no bucket and no object has (S3 User Guide)", async () => {
    await start();
    const { DataSetId, RevisionId, assets } = await service.createFilledRevision({ a: "1" });
    const ids = { DataSetId, RevisionId };
    const AssetId = assets[0]!.Id!;
    const Bucket = await service.createBucket("source");
    for (const at of [
      { Bucket, Key: "k".repeat(1025) },
      { Bucket, Key: "ä".repeat(513) },
      ...["arn:aws:s3:::source", "s3://source", "Source", "so"].map((name) => ({ Bucket: name, Key: "a" })),
    ]) {
      const imported = { ImportAssetsFromS3: { ...ids, AssetSources: [at] } };
      const exported = { ExportAssetsToS3: { ...ids, AssetDestinations: [{ AssetId, ...at }] } };
      for (const request of [
        { Type: "IMPORT_ASSETS_FROM_S3", Details: imported },
        { Type: "EXPORT_ASSETS_TO_S3", Details: exported },
      ] as const) {
        const { State, Errors } = await service.finishJob(await service.createJob(request));
        expect([State, Errors?.map(({ Code }) => Code)]).to.deep.equal(["ERROR", ["VALIDATION_EXCEPTION"]]);
      }
    }
    const longest = { Bucket, Key: "ä".repeat(512) };
    await service.runJob(
      jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations: [{ AssetId, ...longest }] }),
    );
  });

  it("imports: from a bucket of another region (user guide, Jobs, AWS Regions and jobs)", async () => {
    await start();
    const credentials = { accessKeyId: "any", secretAccessKey: "any" };
    const region = "eu-west-1";
    const eu = new S3Client({ region, endpoint: service.local.endpoint, forcePathStyle: true, credentials });
    try {
      const CreateBucketConfiguration = { LocationConstraint: region } as const;
      await eu.send(new CreateBucketCommand({ Bucket: "prices-eu", CreateBucketConfiguration }));
      await eu.send(new PutObjectCommand({ Bucket: "prices-eu", Key: "a.csv", Body: "1" }));
    } finally {
      eu.destroy();
    }
    const AssetSources = [{ Bucket: "prices-eu", Key: "a.csv" }];
    await service.runJob(
      jobRequest("ImportAssetsFromS3", { ...(await service.createRevisionIds()), AssetSources }),
    );
  });
});
