import type { DataExchange } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { LocalDataExchangeOptions } from "../../emulator/index";
import { EmulatorService, rejection, until } from "../harness/emulator-service";

const subscriber = "222222222222";

describe("emulator: event actions and notifications", () => {
  let service: EmulatorService;
  let sub: DataExchange;

  const start = async (options: LocalDataExchangeOptions = {}) => {
    service = await EmulatorService.start(options);
    sub = service.connect("us-east-1", subscriber);
  };
  beforeEach(() => start());
  afterEach(() => service.stop());

  const entitledDataSet = async () =>
    service.shareDataSet((await service.createRevisionIds()).DataSetId, subscriber);

  it("exports a revision by event actions when it is published, within the quota", async () => {
    service.local.settings.change({ quotas: { EXPORT_REVISIONS_TO_S3: 1 } });
    const { DataSetId: source, RevisionId } = await service.createFilledRevision({ "a.txt": "fresh" });
    const DataSetId = await service.shareDataSet(source, subscriber);
    const destinations = [
      { Bucket: await service.createWritableBucket("one"), KeyPattern: "auto/${Asset.Name}" },
      { Bucket: await service.createWritableBucket("two") },
    ];
    const actions = await Promise.all(
      destinations.map((one) => service.createEventAction(DataSetId, one, sub, { Type: "AES256" })),
    );
    const jobs = async () => {
      const { Jobs } = await service.call("ListJobs", { DataSetId }, sub);
      expect(Jobs).to.have.length(2);
      expect(Jobs!.filter(({ State }) => State === "IN_PROGRESS").length).to.be.at.most(1);
      return Jobs!;
    };
    await service.finalize({ DataSetId: source, RevisionId });
    await until(async () => (await jobs()).every(({ State }) => State === "COMPLETED"));
    const arns = (await jobs()).map(({ Details }) => Details!.ExportRevisionsToS3!.EventActionArn);
    expect(arns).to.have.members(actions.map(({ Arn }) => Arn));
    const [{ CreatedAt } = {}] = (await service.call("ListDataSetRevisions", { DataSetId }, sub)).Revisions!;
    // The service tests each bucket with an object.
    const test = "_ADX-TEST-ACCOUNTID#";
    expect(await service.readObjects("one")).to.have.all.keys(test, "auto/a.txt");
    expect(await service.readObjects("two")).to.have.all.keys(test, `${CreatedAt!.toISOString()}/a.txt`);
    expect(await service.readObject("one", "auto/a.txt")).to.equal("fresh");
  });

  it("refuses an event action on a data set that is not entitled", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const refused = service.createEventAction(DataSetId, { Bucket: "b" }, service.dataExchange);
    expect((await rejection(refused, "ValidationException")).message).to.include("entitled data set");
  });

  it("refuses an event action whose bucket has no policy that allows the service to write", async () => {
    const DataSetId = await entitledDataSet();
    const Bucket = await service.createBucket("closed");
    const create = (name = Bucket) => service.createEventAction(DataSetId, { Bucket: name }, sub);
    const { ExceptionCause } = await rejection(create(), "ValidationException");
    expect(ExceptionCause).to.equal("InsufficientS3BucketPolicy");
    await rejection(create("not-there"), "ValidationException");
    await service.allowService(Bucket, "s3:GetObject");
    await rejection(create(), "ValidationException");
    await service.allowService(Bucket, "s3:PutObject*");
    await create();
  });

  it("accepts an event action without a bucket policy with requireBucketPolicy: false", async () => {
    await service.stop();
    await start({ requireBucketPolicy: false });
    const Bucket = await service.createBucket("closed");
    await service.createEventAction(await entitledDataSet(), { Bucket }, sub);
  });

  it("refuses a notification about a data set that is not in a product of AWS Marketplace", async () => {
    const { DataSetId } = await service.createFinalizedRevision();
    const notify = service.call("SendDataSetNotification", { DataSetId, Type: "DATA_UPDATE" });
    const { message } = await rejection(notify, "ValidationException");
    expect(message).to.include("not configured for AWS Marketplace");
  });
});
