import type { CreateJobRequest, DataExchange } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

const subscriber = "222222222222";
const RevocationComment = "The prices were wrong.";

describe("emulator: data grants", () => {
  let service: EmulatorService;
  let sub: DataExchange;

  beforeEach(async () => {
    service = await EmulatorService.start({ accountId: "111111111111" });
    sub = service.connect("us-east-1", subscriber);
  });
  afterEach(() => service.stop());

  const share = (DataSetId: string) => service.shareDataSet(DataSetId, subscriber);
  const revisionsOf = async (DataSetId: string) =>
    (await service.call("ListDataSetRevisions", { DataSetId }, sub)).Revisions!;
  const entitledDataSets = async () =>
    (await service.call("ListDataSets", { Origin: "ENTITLED" }, sub)).DataSets!;

  /** The first revision of an entitled data set, and its first asset. */
  async function entitledAsset(DataSetId: string) {
    const ids = { DataSetId, RevisionId: (await revisionsOf(DataSetId))[0]!.Id! };
    return { ids, AssetId: (await service.listAssets(ids, sub))[0]!.Id! };
  }

  it("gives the receiver every revision finalized before or after the grant, byte for byte", async () => {
    const source = await service.createFinalizedRevision();
    const DataSetId = await share(source.DataSetId);
    const { Id } = await service.call("CreateRevision", { DataSetId: source.DataSetId, Comment: "second" });
    expect(await revisionsOf(DataSetId)).to.have.length(1);
    const ids = { DataSetId: source.DataSetId, RevisionId: Id! };
    await service.importObjects(ids, await service.createBucket("more", { "b.txt": "two" }), "b.txt");
    await service.finalize(ids);

    const [newest] = await revisionsOf(DataSetId);
    expect(newest).to.include({ Finalized: true, Comment: "second", DataSetId });
    expect(newest!.Id).not.to.equal(Id);
    const RevisionDestinations = [{ RevisionId: newest!.Id!, Bucket: await service.createBucket("target") }];
    await service.runJob(jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }), sub);
    expect(await service.readObject("target", "b.txt")).to.equal("two");
  });

  it("lists the newest of several revisions first, although the grant publishes all at once", async () => {
    const { DataSetId: source } = await service.createFinalizedRevision();
    const comments = ["second", "third", "fourth"];
    for (const Comment of comments) {
      const { Id } = await service.call("CreateRevision", { DataSetId: source, Comment });
      const ids = { DataSetId: source, RevisionId: Id! };
      await service.importObjects(ids, await service.createBucket(Comment, { "b.txt": "b" }), "b.txt");
      await service.finalize(ids);
    }
    const listed = await revisionsOf(await share(source));
    expect(listed.slice(0, 3).map(({ Comment }) => Comment)).to.deep.equal(comments.reverse());
    expect(new Set(listed.map(({ CreatedAt }) => String(CreatedAt))).size).to.equal(1);
  });

  it("shows an entitled data set to the receiver only, in the region of the grant, after acceptance", async () => {
    const { DataSetId: source } = await service.createRevisionIds();
    const grant = await service.createGrant(source, subscriber);
    const DataSetId = grant.DataSetId!;
    const pending = async () => {
      const AcceptanceState = ["PENDING_RECEIVER_ACCEPTANCE" as const];
      const listed = await service.call("ListReceivedDataGrants", { AcceptanceState }, sub);
      return listed.DataGrantSummaries!.map(({ Id }) => Id);
    };
    expect(await pending()).to.deep.equal([grant.Id]);
    await rejection(service.call("GetDataSet", { DataSetId }, sub), "ResourceNotFoundException");
    await service.call("AcceptDataGrant", { DataGrantArn: grant.Arn }, sub);
    expect(await pending()).to.be.empty;

    const [entitled, ...others] = await entitledDataSets();
    expect(others).to.be.empty;
    const Arn = `arn:aws:dataexchange:us-east-1::data-sets/${DataSetId}`;
    const OriginDetails = { DataGrantId: grant.Id };
    expect(entitled).to.deep.include({ Id: DataSetId, Origin: "ENTITLED", Arn, OriginDetails });
    expect((await service.call("ListDataSets", {}, sub)).DataSets).to.be.empty;

    const stranger = service.connect("us-east-1", "333333333333");
    for (const client of [stranger, service.connect("eu-west-1", subscriber)]) {
      const accept = service.call("AcceptDataGrant", { DataGrantArn: grant.Arn }, client);
      await rejection(accept, "ResourceNotFoundException");
      await rejection(service.call("GetDataSet", { DataSetId }, client), "ResourceNotFoundException");
    }
  });

  // Source: user guide, "Data sets": an update of the owned data set does not update the entitled one.
  it("keeps an entitled data set as it was published, with the date of its publication and no tags", async () => {
    const ids = await service.createFinalizedRevision();
    const source = await service.call("GetRevision", ids);
    service.local.clock.advance("1h");
    const DataSetId = await share(ids.DataSetId);
    await service.call("UpdateDataSet", { DataSetId: ids.DataSetId, Name: "rates", Description: "hourly" });
    const seen = await service.call("GetDataSet", { DataSetId }, sub);
    expect(seen).to.include({ Name: "prices", Description: "daily prices" });
    for (const { Arn, CreatedAt } of [seen, (await revisionsOf(DataSetId))[0]!]) {
      expect(+CreatedAt! - +source.CreatedAt!).to.be.at.least(3_600_000);
      const tag = service.call("TagResource", { ResourceArn: Arn, Tags: { k: "v" } }, sub);
      await rejection(tag, "ValidationException");
      const { Tags } = await service.call("ListTagsForResource", { ResourceArn: Arn }, sub);
      expect(Tags).to.deep.equal({});
    }
  });

  it("hides a revoked revision from the receiver, but not from the owner", async () => {
    const source = await service.createFinalizedRevision();
    const DataSetId = await share(source.DataSetId);
    const { ids, AssetId } = await entitledAsset(DataSetId);
    const revoked = { Revoked: true, RevocationComment };
    expect(await service.call("RevokeRevision", { ...source, RevocationComment })).to.include(revoked);
    expect((await revisionsOf(DataSetId))[0]).to.include(revoked);
    const read = service.call("GetAsset", { ...ids, AssetId }, sub);
    expect((await rejection(read, "ValidationException")).message).to.include(RevocationComment);
    const exported = service.createJob(jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }), sub);
    expect((await rejection(exported, "AccessDeniedException")).message).to.include(RevocationComment);
    expect(await service.listAssets(source)).to.have.length(1);
  });

  it("fails waiting exports when their revision is revoked, and writes nothing", async () => {
    const source = await service.createFinalizedRevision();
    const { ids, AssetId } = await entitledAsset(await share(source.DataSetId));
    const { DataSetId, RevisionId } = ids;
    const Bucket = await service.createBucket("exported");
    const AssetDestinations = [{ AssetId, Bucket, Key: "a" }];
    const RevisionDestinations = [{ RevisionId, Bucket }];
    const requests: CreateJobRequest[] = [
      jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }),
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }),
      jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }),
    ];
    const jobs = await Promise.all(requests.map((request) => service.createJob(request, sub)));
    await service.call("RevokeRevision", { ...source, RevocationComment });
    for (const job of jobs) {
      const { Code, Message } = await service.jobError(job, sub);
      expect(Code).to.equal("ACCESS_DENIED_EXCEPTION");
      expect(Message).to.include(RevocationComment);
    }
    expect(await service.listKeys(Bucket)).to.be.empty;
  });

  it("ends a grant at its date and when it is deleted", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const fromNow = (ms: number) => new Date(+service.local.clock.now() + ms);
    const ending = await service.shareDataSet(DataSetId, subscriber, { EndsAt: fromNow(24 * 3_600_000) });
    const { DataGrantSummaries } = await service.call("ListDataGrants", {});
    const deleted = await share(DataSetId);
    expect(await entitledDataSets()).to.have.length(2);
    service.local.clock.advance("1d");
    expect((await entitledDataSets()).map(({ Id }) => Id)).to.deep.equal([deleted]);
    await rejection(service.call("GetDataSet", { DataSetId: ending }, sub), "ResourceNotFoundException");
    const accept = service.call("AcceptDataGrant", { DataGrantArn: DataGrantSummaries![0]!.Arn }, sub);
    await rejection(accept, "ConflictException");
    const [newest] = (await service.call("ListDataGrants", {})).DataGrantSummaries!;
    await service.call("DeleteDataGrant", { DataGrantId: newest!.Arn });
    expect(await entitledDataSets()).to.be.empty;
    const late = service.createGrant(DataSetId, subscriber, { EndsAt: fromNow(-1) });
    await rejection(late, "ValidationException");
  });

  it("allows 20 pending grants for each receiver", async () => {
    const { DataSetId } = await service.createRevisionIds();
    await share(DataSetId);
    for (let count = 0; count < 20; count += 1) await service.createGrant(DataSetId, subscriber);
    const refused = service.createGrant(DataSetId, subscriber);
    const { LimitName } = await rejection(refused, "ServiceLimitExceededException");
    expect(LimitName).to.equal("Pending data grants per consumer");
    await service.createGrant(DataSetId, "333333333333");
  });

  it("refuses a grant without a finalized revision with the option requireFinalizedRevision", async () => {
    await service.stop();
    service = await EmulatorService.start({ requireFinalizedRevision: true });
    const grant = ({ DataSetId }: SdkIds) => service.createGrant(DataSetId, subscriber);
    await rejection(grant(await service.createRevisionIds()), "ValidationException");
    await grant(await service.createFinalizedRevision());
  });
});
