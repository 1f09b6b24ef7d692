import type { AssetType, CreateJobRequest } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { s3DataAccessStatements } from "../../components/s3-data-access";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

/** `verify.UUIDRegexPattern` of Terraform's AWS provider. */
const uuid = "[a-f0-9]{8}-[a-f0-9]{4}-[1-5][a-f0-9]{3}-[ab89][a-f0-9]{3}-[a-f0-9]{12}";

describe("emulator: S3 data access", () => {
  let service: EmulatorService;
  let ids: SdkIds;
  const start = async (options = {}) => {
    service = await EmulatorService.start(options);
    ids = await service.createRevisionIds("S3_DATA_ACCESS");
  };
  beforeEach(() => start());
  afterEach(() => service.stop());

  const share = (AssetSource: { Bucket: string; Keys?: string[] }): CreateJobRequest =>
    jobRequest("CreateS3DataAccessFromS3Bucket", { ...ids, AssetSource });

  // Source: revision_assets_test.go of Terraform's AWS provider.
  it("names an asset after its id and gives it an access point", async () => {
    const source = { Bucket: await service.createBucket("shared", { test: "1" }), Keys: ["test"] };
    await service.runJob(share(source));
    const [asset] = await service.listAssets(ids);
    expect(asset!.Name).to.match(/^s3-data-access-[a-f0-9]{32}$/);
    expect(asset!.Name).to.equal(`s3-data-access-${asset!.Id}`);
    const { S3AccessPointArn, S3AccessPointAlias, ...rest } = asset!.AssetDetails!.S3DataAccessAsset!;
    expect(S3AccessPointArn).to.match(new RegExp(`^arn:aws:s3:us-east-1:\\d{12}:accesspoint/${uuid}$`));
    expect(S3AccessPointAlias).to.match(/^[-a-z0-9]+-s3alias$/);
    expect(rest).to.deep.equal(source);
  });

  it("fails the job when the bucket does not exist", async () => {
    const { Code } = await service.jobError(share({ Bucket: "nowhere" }));
    expect(Code).to.equal("RESOURCE_NOT_FOUND_EXCEPTION");
    expect(await service.listAssets(ids)).to.be.empty;
  });

  it("requires a bucket policy with requireBucketPolicy: true", async () => {
    await service.stop();
    await start({ requireBucketPolicy: true });
    const Bucket = await service.createBucket("shared", { a: "1" });
    const error = await service.jobError(share({ Bucket }));
    expect(error).to.include({ Code: "VALIDATION_EXCEPTION", ResourceType: "ASSET" });
    const Policy = JSON.stringify({ Statement: s3DataAccessStatements({ bucket: Bucket }) });
    await service.s3.putBucketPolicy({ Bucket, Policy });
    await service.runJob(share({ Bucket }));
  });

  it("rejects the sixth asset of a revision", async () => {
    const source = { Bucket: await service.createBucket("shared") };
    for (let count = 0; count < 5; count += 1) await service.runJob(share(source));
    const LimitName = "Amazon S3 data access assets per revision";
    const limit = { Code: "SERVICE_QUOTA_EXCEEDED_EXCEPTION", LimitName, LimitValue: 5 };
    expect(await service.jobError(share(source))).to.include(limit);
  });

  const limits: [AssetType, number, string][] = [
    ["S3_DATA_ACCESS", 5, "Revisions per Amazon S3 data access data set"],
    ["LAKE_FORMATION_DATA_PERMISSION", 20, "Revisions per AWS Lake Formation data permission data set"],
  ];
  for (const [type, max, limitName] of limits) {
    it(`rejects more than ${max} revisions of a data set of type ${type}`, async () => {
      const { DataSetId } = await service.createRevisionIds(type);
      for (let count = 1; count < max; count += 1) await service.createRevision(DataSetId);
      const tooMany = service.createRevision(DataSetId);
      const { LimitName } = await rejection(tooMany, "ServiceLimitExceededException");
      expect(LimitName).to.equal(limitName);
    });
  }
});
