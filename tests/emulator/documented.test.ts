/** What AWS documents, or others have seen at AWS, of revisions, grants, event actions and notifications. */
import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { CreateEventActionCommand, SendDataSetNotificationCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection, until } from "./support";

const [owner, subscriber] = ["111111111111", "222222222222"] as const;

interface Ids {
  readonly DataSetId: string;
  readonly RevisionId: string;
}

describe("emulator: what AWS documents", () => {
  let service: EmulatorService;
  let own: DataExchangeClient;
  let sub: DataExchangeClient;

  beforeEach(async () => {
    service = await EmulatorService.start({ accountId: owner });
    own = service.dataExchange;
    sub = service.connect("us-east-1", subscriber);
  });
  afterEach(() => service.stop());

  async function finalized(texts: Readonly<Record<string, string>> = { a: "1" }): Promise<Ids> {
    const { DataSetId, RevisionId } = await service.createFilledRevision(texts);
    await service.call("UpdateRevision", { DataSetId, RevisionId, Finalized: true });
    return { DataSetId, RevisionId };
  }

  const grant = (SourceDataSetId: string, ReceiverPrincipal: string = subscriber) =>
    service.call("CreateDataGrant", {
      ...{ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal, SourceDataSetId },
    });

  /** The data set as the subscriber sees it. */
  async function entitled(SourceDataSetId: string): Promise<string> {
    const { Arn, DataSetId } = await grant(SourceDataSetId);
    await service.call("AcceptDataGrant", { DataGrantArn: Arn }, sub);
    return DataSetId!;
  }

  const eventAction = (DataSetId: string, Bucket: string, KeyPattern?: string) =>
    new CreateEventActionCommand({
      Event: { RevisionPublished: { DataSetId } },
      Action: { ExportRevisionToS3: { RevisionDestination: { Bucket, KeyPattern } } },
    });

  const revoke = (ids: Ids, RevocationComment: string) =>
    service.call("RevokeRevision", { ...ids, RevocationComment });

  it("a revision that is created without a comment has none", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const made = await service.call("CreateRevision", { DataSetId });
    const got = await service.call("GetRevision", { DataSetId, RevisionId: made.Id });
    expect([made.Comment, got.Comment]).to.deep.equal([undefined, undefined]);
  });

  it("the comment of a finalized revision cannot be changed, and can with its finalization", async () => {
    const ids = await finalized();
    const update = (more: object) => service.call("UpdateRevision", { ...ids, ...more });
    await rejection(update({ Comment: "other" }), "ConflictException");
    await rejection(update({ Comment: "other", Finalized: true }), "ConflictException");
    expect((await update({ Comment: "other", Finalized: false })).Comment).to.equal("other");
    expect((await update({ Comment: "third", Finalized: true })).Comment).to.equal("third");
    // What it says already is no change.
    expect((await update({ Comment: "third", Finalized: true })).Finalized).to.equal(true);
    await entitled(ids.DataSetId);
    await rejection(update({ Comment: "fourth" }), "ConflictException");
  });

  it("the assets of a revision can be deleted once it is revoked, and the reason can be changed", async () => {
    const ids = await finalized({ a: "1", b: "2" });
    const [asset] = await service.listAssets(ids);
    const remove = () => service.call("DeleteAsset", { ...ids, AssetId: asset!.Id });
    await rejection(remove(), "ConflictException");
    const first = await revoke(ids, "The prices were wrong.");
    await remove();
    expect(await service.listAssets(ids)).to.have.length(1);
    const second = await revoke(ids, "The prices were old.");
    expect(second).to.include({ Revoked: true, RevocationComment: "The prices were old." });
    expect(second.RevokedAt).to.deep.equal(first.RevokedAt);
  });

  it("an entitled data set is as it was published, dated by its publication, and takes no tags", async () => {
    const ids = await finalized();
    const source = await service.call("GetRevision", ids);
    service.local.clock.advance("1h");
    const DataSetId = await entitled(ids.DataSetId);
    await service.call("UpdateDataSet", { DataSetId: ids.DataSetId, Name: "rates", Description: "hourly" });
    const seen = await service.call("GetDataSet", { DataSetId }, sub);
    expect(seen).to.include({ Name: "prices", Description: "daily prices" });
    const [revision] = (await service.call("ListDataSetRevisions", { DataSetId }, sub)).Revisions!;
    const later = [revision!.CreatedAt!, seen.CreatedAt!].map((date) => +date - +source.CreatedAt!);
    later.forEach((ms) => expect(ms).to.be.at.least(3_600_000));
    for (const ResourceArn of [seen.Arn, revision!.Arn]) {
      await rejection(
        service.call("TagResource", { ResourceArn, Tags: { k: "v" } }, sub),
        "ValidationException",
      );
      expect((await service.call("ListTagsForResource", { ResourceArn }, sub)).Tags).to.deep.equal({});
    }
  });

  it("an event action needs an entitled data set", async () => {
    const { DataSetId } = await finalized();
    const refused = await rejection(own.send(eventAction(DataSetId, "b")), "ValidationException");
    expect(refused.message).to.include("require an entitled data set");
  });

  it("an event action tries its bucket with an object, and writes under the revision's date", async () => {
    const ids = await finalized();
    const DataSetId = await entitled(ids.DataSetId);
    const Bucket = await service.createWritableBucket("future");
    await sub.send(eventAction(DataSetId, Bucket));
    expect(await service.listKeys(Bucket)).to.deep.equal(["_ADX-TEST-ACCOUNTID#"]);
    await rejection(sub.send(eventAction(DataSetId, "not-there")), "ValidationException");

    const next = await service.call("CreateRevision", { DataSetId: ids.DataSetId });
    const into = { DataSetId: ids.DataSetId, RevisionId: next.Id! };
    const source = await service.createBucket("next", { "b.csv": "2" });
    const AssetSources = [{ Bucket: source, Key: "b.csv" }];
    await service.runJob(jobRequest("ImportAssetsFromS3", { ...into, AssetSources }));
    await service.call("UpdateRevision", { ...into, Finalized: true });
    await until(async () => (await service.listKeys(Bucket)).length === 2);
    const [newest] = (await service.call("ListDataSetRevisions", { DataSetId }, sub)).Revisions!;
    expect(await service.listKeys(Bucket)).to.include(`${newest!.CreatedAt!.toISOString()}/b.csv`);
  });

  it("notifications are about data sets in products of AWS Marketplace", async () => {
    const { DataSetId } = await finalized();
    const notify = new SendDataSetNotificationCommand({ DataSetId, Type: "DATA_UPDATE" });
    const refused = await rejection(own.send(notify), "ValidationException");
    expect(refused.message).to.include("not configured for AWS Marketplace");
  });

  it("a consumer has at most 20 pending data grants, accepted ones not counted", async () => {
    const { DataSetId } = await finalized();
    await entitled(DataSetId);
    for (let count = 0; count < 20; count += 1) await grant(DataSetId);
    const { LimitName } = await rejection(grant(DataSetId), "ServiceLimitExceededException");
    expect(LimitName).to.equal("Pending data grants per consumer");
    await grant(DataSetId, "333333333333");
  });

  it("a data grant needs a finalized revision where that is asked for", async () => {
    await service.stop();
    service = await EmulatorService.start({ accountId: owner, requireFinalizedRevision: true });
    own = service.dataExchange;
    await rejection(grant((await service.createRevisionIds()).DataSetId), "ValidationException");
    expect((await grant((await finalized()).DataSetId)).Id).to.be.a("string");
  });
});
