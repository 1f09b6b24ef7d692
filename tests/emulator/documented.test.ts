/** What AWS documents, or others have seen at AWS, of revisions, grants, event actions and notifications. */
import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import {
  AcceptDataGrantCommand,
  ConflictException,
  CreateDataGrantCommand,
  CreateEventActionCommand,
  CreateRevisionCommand,
  DeleteAssetCommand,
  GetDataSetCommand,
  GetRevisionCommand,
  ListDataSetRevisionsCommand,
  ListTagsForResourceCommand,
  RevokeRevisionCommand,
  SendDataSetNotificationCommand,
  ServiceLimitExceededException,
  TagResourceCommand,
  UpdateDataSetCommand,
  UpdateRevisionCommand,
  ValidationException,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { Rig, thrownBy, until } from "./support";

const [owner, subscriber] = ["111111111111", "222222222222"] as const;

interface Ids {
  readonly DataSetId: string;
  readonly RevisionId: string;
}

describe("emulator: what AWS documents", () => {
  let rig: Rig;
  let own: DataExchangeClient;
  let sub: DataExchangeClient;

  beforeEach(async () => {
    rig = await Rig.start({ accountId: owner });
    own = rig.dx;
    sub = rig.clientOf("us-east-1", subscriber);
  });
  afterEach(() => rig.stop());

  async function finalized(texts: Readonly<Record<string, string>> = { a: "1" }): Promise<Ids> {
    const { DataSetId, RevisionId } = await rig.filledRevision(texts);
    await own.send(new UpdateRevisionCommand({ DataSetId, RevisionId, Finalized: true }));
    return { DataSetId, RevisionId };
  }

  const grant = (SourceDataSetId: string, ReceiverPrincipal: string = subscriber) =>
    own.send(
      new CreateDataGrantCommand({
        ...{ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal, SourceDataSetId },
      }),
    );

  /** The data set as the subscriber sees it. */
  async function entitled(SourceDataSetId: string): Promise<string> {
    const { Arn, DataSetId } = await grant(SourceDataSetId);
    await sub.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    return DataSetId!;
  }

  const eventAction = (DataSetId: string, Bucket: string, KeyPattern?: string) =>
    new CreateEventActionCommand({
      Event: { RevisionPublished: { DataSetId } },
      Action: { ExportRevisionToS3: { RevisionDestination: { Bucket, KeyPattern } } },
    });

  const revoke = (ids: Ids, RevocationComment: string) =>
    own.send(new RevokeRevisionCommand({ ...ids, RevocationComment }));

  it("a revision that is created without a comment has none", async () => {
    const { DataSetId } = await rig.revision();
    const made = await own.send(new CreateRevisionCommand({ DataSetId }));
    const got = await own.send(new GetRevisionCommand({ DataSetId, RevisionId: made.Id }));
    expect([made.Comment, got.Comment]).to.deep.equal([undefined, undefined]);
  });

  it("the comment of a finalized revision cannot be changed, and can with its finalization", async () => {
    const ids = await finalized();
    const update = (more: object) => own.send(new UpdateRevisionCommand({ ...ids, ...more }));
    await thrownBy(update({ Comment: "other" }), ConflictException);
    await thrownBy(update({ Comment: "other", Finalized: true }), ConflictException);
    expect((await update({ Comment: "other", Finalized: false })).Comment).to.equal("other");
    expect((await update({ Comment: "third", Finalized: true })).Comment).to.equal("third");
    // What it says already is no change.
    expect((await update({ Comment: "third", Finalized: true })).Finalized).to.equal(true);
    await entitled(ids.DataSetId);
    await thrownBy(update({ Comment: "fourth" }), ConflictException);
  });

  it("the assets of a revision can be deleted once it is revoked, and the reason can be changed", async () => {
    const ids = await finalized({ a: "1", b: "2" });
    const [asset] = await rig.assets(ids);
    const remove = () => own.send(new DeleteAssetCommand({ ...ids, AssetId: asset!.Id }));
    await thrownBy(remove(), ConflictException);
    const first = await revoke(ids, "The prices were wrong.");
    await remove();
    expect(await rig.assets(ids)).to.have.length(1);
    const second = await revoke(ids, "The prices were old.");
    expect(second).to.include({ Revoked: true, RevocationComment: "The prices were old." });
    expect(second.RevokedAt).to.deep.equal(first.RevokedAt);
  });

  it("an entitled data set is as it was published, dated by its publication, and takes no tags", async () => {
    const ids = await finalized();
    const source = await own.send(new GetRevisionCommand(ids));
    rig.local.clock.advance("1h");
    const DataSetId = await entitled(ids.DataSetId);
    await own.send(
      new UpdateDataSetCommand({ DataSetId: ids.DataSetId, Name: "rates", Description: "hourly" }),
    );
    const seen = await sub.send(new GetDataSetCommand({ DataSetId }));
    expect(seen).to.include({ Name: "prices", Description: "daily" });
    const [revision] = (await sub.send(new ListDataSetRevisionsCommand({ DataSetId }))).Revisions!;
    const later = [revision!.CreatedAt!, seen.CreatedAt!].map((date) => +date - +source.CreatedAt!);
    later.forEach((ms) => expect(ms).to.be.at.least(3_600_000));
    for (const ResourceArn of [seen.Arn, revision!.Arn]) {
      await thrownBy(
        sub.send(new TagResourceCommand({ ResourceArn, Tags: { k: "v" } })),
        ValidationException,
      );
      expect((await sub.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).to.deep.equal({});
    }
  });

  it("an event action needs an entitled data set", async () => {
    const { DataSetId } = await finalized();
    const refused = await thrownBy(own.send(eventAction(DataSetId, "b")), ValidationException);
    expect(refused.message).to.include("require an entitled data set");
  });

  it("an event action tries its bucket with an object, and writes under the revision's date", async () => {
    const ids = await finalized();
    const DataSetId = await entitled(ids.DataSetId);
    const Bucket = await rig.openBucket("future");
    await sub.send(eventAction(DataSetId, Bucket));
    expect(await rig.keysIn(Bucket)).to.deep.equal(["_ADX-TEST-ACCOUNTID#"]);
    await thrownBy(sub.send(eventAction(DataSetId, "not-there")), ValidationException);

    const next = await own.send(new CreateRevisionCommand({ DataSetId: ids.DataSetId }));
    const into = { DataSetId: ids.DataSetId, RevisionId: next.Id! };
    const source = await rig.bucket("next", { "b.csv": "2" });
    const AssetSources = [{ Bucket: source, Key: "b.csv" }];
    await rig.run({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...into, AssetSources } },
    });
    await own.send(new UpdateRevisionCommand({ ...into, Finalized: true }));
    await until(async () => (await rig.keysIn(Bucket)).length === 2);
    const [newest] = (await sub.send(new ListDataSetRevisionsCommand({ DataSetId }))).Revisions!;
    expect(await rig.keysIn(Bucket)).to.include(`${newest!.CreatedAt!.toISOString()}/b.csv`);
  });

  it("notifications are about data sets in products of AWS Marketplace", async () => {
    const { DataSetId } = await finalized();
    const notify = new SendDataSetNotificationCommand({ DataSetId, Type: "DATA_UPDATE" });
    const refused = await thrownBy(own.send(notify), ValidationException);
    expect(refused.message).to.include("not configured for AWS Marketplace");
  });

  it("a consumer has at most 20 pending data grants, accepted ones not counted", async () => {
    const { DataSetId } = await finalized();
    await entitled(DataSetId);
    for (let count = 0; count < 20; count += 1) await grant(DataSetId);
    const { LimitName } = await thrownBy(grant(DataSetId), ServiceLimitExceededException);
    expect(LimitName).to.equal("Pending data grants per consumer");
    await grant(DataSetId, "333333333333");
  });

  it("a data grant needs a finalized revision where that is asked for", async () => {
    await rig.stop();
    rig = await Rig.start({ accountId: owner, requireFinalizedRevision: true });
    own = rig.dx;
    await thrownBy(grant((await rig.revision()).DataSetId), ValidationException);
    expect((await grant((await finalized()).DataSetId)).Id).to.be.a("string");
  });
});
