import type { CreateJobRequest, DataExchangeClient } from "@aws-sdk/client-dataexchange";
import {
  AcceptDataGrantCommand,
  AccessDeniedException,
  ConflictException,
  CreateDataGrantCommand,
  CreateEventActionCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DeleteDataGrantCommand,
  GetAssetCommand,
  GetDataSetCommand,
  ListDataSetRevisionsCommand,
  ListDataSetsCommand,
  ListJobsCommand,
  ListReceivedDataGrantsCommand,
  ListRevisionAssetsCommand,
  ResourceNotFoundException,
  RevokeRevisionCommand,
  UpdateDataSetCommand,
  UpdateRevisionCommand,
  ValidationException,
} from "@aws-sdk/client-dataexchange";
import { ListObjectsV2Command, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Rig, thrownBy, until } from "./support";

const [owner, subscriber] = ["111111111111", "222222222222"] as const;

describe("emulator: data grants and event actions", () => {
  let rig: Rig;
  let own: DataExchangeClient;
  let sub: DataExchangeClient;

  beforeEach(async () => {
    rig = await Rig.start({ accountId: owner });
    own = rig.dx;
    sub = rig.clientOf("us-east-1", subscriber);
  });
  afterEach(() => rig.stop());

  const finalize = (ids: { DataSetId: string; RevisionId: string }, Finalized = true) =>
    own.send(new UpdateRevisionCommand({ ...ids, Finalized }));

  async function grant(SourceDataSetId: string, more: { EndsAt?: Date } = {}) {
    const given = await own.send(
      new CreateDataGrantCommand({
        Name: "for you",
        GrantDistributionScope: "NONE",
        ReceiverPrincipal: subscriber,
        SourceDataSetId,
        ...more,
      }),
    );
    return { ...given, Arn: given.Arn!, Id: given.Id!, DataSetId: given.DataSetId! };
  }

  async function accepted(SourceDataSetId: string, more: { EndsAt?: Date } = {}) {
    const given = await grant(SourceDataSetId, more);
    await sub.send(new AcceptDataGrantCommand({ DataGrantArn: given.Arn }));
    return given;
  }

  const revisionsOf = async (DataSetId: string) =>
    (await sub.send(new ListDataSetRevisionsCommand({ DataSetId }))).Revisions!;

  it("give a subscriber every finalized revision, before and after the grant, byte for byte", async () => {
    const first = await rig.filledRevision({ "a.txt": "one" });
    await finalize(first);
    const given = await accepted(first.DataSetId);
    const second = await own.send(
      new CreateRevisionCommand({ DataSetId: first.DataSetId, Comment: "second" }),
    );
    expect(await revisionsOf(given.DataSetId)).to.have.length(1);
    const Bucket = await rig.bucket("more", { "b.txt": "two" });
    const ids = { DataSetId: first.DataSetId, RevisionId: second.Id! };
    const sources = { ...ids, AssetSources: [{ Bucket, Key: "b.txt" }] };
    await rig.run({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3: sources } });
    await finalize(ids);

    const [newest] = await revisionsOf(given.DataSetId);
    expect(newest).to.include({ Finalized: true, Comment: "second", DataSetId: given.DataSetId });
    expect(newest!.Id).not.to.equal(second.Id);
    const target = await rig.bucket("target");
    const RevisionDestinations = [{ RevisionId: newest!.Id!, Bucket: target }];
    const Details = { ExportRevisionsToS3: { DataSetId: given.DataSetId, RevisionDestinations } };
    await rig.run({ Type: "EXPORT_REVISIONS_TO_S3", Details }, sub);
    expect(await rig.textOf(target, "b.txt")).to.equal("two");
  });

  it("show the subscriber an entitled data set and nobody else anything", async () => {
    const { DataSetId } = await rig.revision();
    const given = await grant(DataSetId);
    const pending = new ListReceivedDataGrantsCommand({ AcceptanceState: ["PENDING_RECEIVER_ACCEPTANCE"] });
    expect((await sub.send(pending)).DataGrantSummaries!.map(({ Id }) => Id)).to.deep.equal([given.Id]);
    await thrownBy(
      sub.send(new GetDataSetCommand({ DataSetId: given.DataSetId })),
      ResourceNotFoundException,
    );
    await sub.send(new AcceptDataGrantCommand({ DataGrantArn: given.Arn }));
    expect((await sub.send(pending)).DataGrantSummaries).to.be.empty;

    const { DataSets } = await sub.send(new ListDataSetsCommand({ Origin: "ENTITLED" }));
    expect(DataSets).to.have.length(1);
    expect(DataSets![0]).to.deep.include({
      Id: given.DataSetId,
      Origin: "ENTITLED",
      Name: "prices",
      OriginDetails: { DataGrantId: given.Id },
    });
    expect(DataSets![0]!.Arn).to.equal(`arn:aws:dataexchange:us-east-1::data-sets/${given.DataSetId}`);
    expect((await sub.send(new ListDataSetsCommand({}))).DataSets).to.be.empty;
    // Source: user guide, "Data sets": an update of the owned data set does not update the entitled one.
    await own.send(new UpdateDataSetCommand({ DataSetId, Name: "rates" }));
    expect((await sub.send(new GetDataSetCommand({ DataSetId: given.DataSetId }))).Name).to.equal("prices");

    const stranger = rig.clientOf("us-east-1", "333333333333");
    const elsewhere = rig.clientOf("eu-west-1", subscriber);
    for (const client of [stranger, elsewhere]) {
      await thrownBy(
        client.send(new AcceptDataGrantCommand({ DataGrantArn: given.Arn })),
        ResourceNotFoundException,
      );
      const get = new GetDataSetCommand({ DataSetId: given.DataSetId });
      await thrownBy(client.send(get), ResourceNotFoundException);
    }
  });

  it("refuse a subscriber every change, and imports", async () => {
    const revision = await rig.filledRevision({ a: "1" });
    await finalize(revision);
    const { DataSetId } = await accepted(revision.DataSetId);
    const [{ Id: RevisionId } = {}] = await revisionsOf(DataSetId);
    const ids = { DataSetId, RevisionId: RevisionId! };
    const AssetSources = [{ Bucket: "b", Key: "k" }];
    const refused = [
      new UpdateDataSetCommand({ DataSetId, Name: "mine" }),
      new CreateRevisionCommand({ DataSetId }),
      new UpdateRevisionCommand({ ...ids, Finalized: false }),
      new RevokeRevisionCommand({ ...ids, RevocationComment: "not mine to take" }),
      new CreateJobCommand({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { ...ids, AssetSources } },
      }),
    ];
    for (const command of refused) {
      await thrownBy(sub.send(command as UpdateDataSetCommand), AccessDeniedException);
    }
  });

  it("keep a published revision finalized, and take it from subscribers when it is revoked", async () => {
    const revision = await rig.filledRevision({ a: "1" });
    await finalize(revision);
    // Nobody has it yet.
    await finalize(revision, false);
    await finalize(revision);
    const { DataSetId } = await accepted(revision.DataSetId);
    await thrownBy(finalize(revision, false), ConflictException);

    const [{ Id } = {}] = await revisionsOf(DataSetId);
    const ids = { DataSetId, RevisionId: Id! };
    const { Assets } = await sub.send(new ListRevisionAssetsCommand(ids));
    const source = { DataSetId: revision.DataSetId, RevisionId: revision.RevisionId };
    const RevocationComment = "The prices were wrong.";
    const revoke = new RevokeRevisionCommand({ ...source, RevocationComment });
    expect(await own.send(revoke)).to.include({ Revoked: true, RevocationComment });
    expect((await revisionsOf(DataSetId))[0]).to.include({ Revoked: true, RevocationComment });
    const AssetId = Assets![0]!.Id!;
    const read = await thrownBy(sub.send(new GetAssetCommand({ ...ids, AssetId })), ValidationException);
    expect(read.message).to.include(RevocationComment);
    const Details = { ExportAssetToSignedUrl: { ...ids, AssetId } };
    const exporting = new CreateJobCommand({ Type: "EXPORT_ASSET_TO_SIGNED_URL", Details });
    const denied = await thrownBy(sub.send(exporting), AccessDeniedException);
    expect(denied.message).to.include(RevocationComment);
    // What its owner has stays the owner's.
    expect((await own.send(new ListRevisionAssetsCommand(source))).Assets).to.have.length(1);
  });

  it("keep exports that were asked for before the revocation from what was revoked", async () => {
    const revision = await rig.filledRevision({ a: "1" });
    await finalize(revision);
    const { DataSetId } = await accepted(revision.DataSetId);
    const RevisionId = (await revisionsOf(DataSetId))[0]!.Id!;
    const { Assets } = await sub.send(new ListRevisionAssetsCommand({ DataSetId, RevisionId }));
    const AssetId = Assets![0]!.Id!;
    const Bucket = await rig.bucket("exported");
    const requests: CreateJobRequest[] = [
      {
        Type: "EXPORT_ASSETS_TO_S3",
        Details: {
          ExportAssetsToS3: { DataSetId, RevisionId, AssetDestinations: [{ AssetId, Bucket, Key: "a" }] },
        },
      },
      {
        Type: "EXPORT_REVISIONS_TO_S3",
        Details: { ExportRevisionsToS3: { DataSetId, RevisionDestinations: [{ RevisionId, Bucket }] } },
      },
      {
        Type: "EXPORT_ASSET_TO_SIGNED_URL",
        Details: { ExportAssetToSignedUrl: { DataSetId, RevisionId, AssetId } },
      },
    ];
    const jobs = await Promise.all(requests.map((request) => rig.create(request, sub)));
    const { DataSetId: source, RevisionId: revoked } = revision;
    const RevocationComment = "The prices were wrong.";
    await own.send(new RevokeRevisionCommand({ DataSetId: source, RevisionId: revoked, RevocationComment }));
    for (const job of jobs) {
      const { State, Errors } = await rig.finish(job, sub);
      expect([State, Errors?.map(({ Code }) => Code)]).to.deep.equal(["ERROR", ["ACCESS_DENIED_EXCEPTION"]]);
      expect(Errors![0]!.Message).to.include(RevocationComment);
    }
    expect((await rig.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).to.equal(0);
  });

  it("end: by their date, and when they are deleted", async () => {
    const { DataSetId } = await rig.revision();
    const EndsAt = new Date(rig.local.clock.now().getTime() + 24 * 60 * 60 * 1000);
    const [ending, deleted] = [await accepted(DataSetId, { EndsAt }), await accepted(DataSetId)];
    const entitled = async () => (await sub.send(new ListDataSetsCommand({ Origin: "ENTITLED" }))).DataSets!;
    expect(await entitled()).to.have.length(2);
    rig.local.clock.advance("1d");
    expect((await entitled()).map(({ Id }) => Id)).to.deep.equal([deleted.DataSetId]);
    const get = new GetDataSetCommand({ DataSetId: ending.DataSetId });
    await thrownBy(sub.send(get), ResourceNotFoundException);
    await own.send(new DeleteDataGrantCommand({ DataGrantId: deleted.Arn }));
    expect(await entitled()).to.be.empty;
    const past = new Date(rig.local.clock.now().getTime() - 1);
    await thrownBy(grant(DataSetId, { EndsAt: past }), ValidationException);
    await thrownBy(sub.send(new AcceptDataGrantCommand({ DataGrantArn: ending.Arn })), ConflictException);
  });

  it("export a subscriber's revision by themselves as it is published, within the quota", async () => {
    rig.local.settings.change({ quotas: { EXPORT_REVISIONS_TO_S3: 1 } });
    const { DataSetId, RevisionId } = await rig.filledRevision({ "a.txt": "fresh" });
    const given = await accepted(DataSetId);
    const buckets = [await rig.openBucket("one"), await rig.openBucket("two")];
    const actions = await Promise.all(
      buckets.map((Bucket) => {
        const RevisionDestination = { Bucket, KeyPattern: "auto/${Asset.Name}" };
        return sub.send(
          new CreateEventActionCommand({
            Event: { RevisionPublished: { DataSetId: given.DataSetId } },
            Action: { ExportRevisionToS3: { RevisionDestination, Encryption: { Type: "AES256" } } },
          }),
        );
      }),
    );
    await finalize({ DataSetId, RevisionId });
    await until(async () => (await jobs()).every(({ State }) => State === "COMPLETED"));
    for (const bucket of buckets) expect(await rig.textOf(bucket, "auto/a.txt")).to.equal("fresh");
    const arns = (await jobs()).map(({ Details }) => Details!.ExportRevisionsToS3!.EventActionArn);
    expect(arns).to.have.members(actions.map(({ Arn }) => Arn));

    async function jobs() {
      const found = (await sub.send(new ListJobsCommand({ DataSetId: given.DataSetId }))).Jobs!;
      expect(found).to.have.length(2);
      expect(found.filter(({ State }) => State === "IN_PROGRESS").length).to.be.at.most(1);
      return found;
    }
  });

  it("want a bucket policy for event actions, unless that is switched off", async () => {
    const { DataSetId } = await accepted((await rig.revision()).DataSetId);
    const Bucket = await rig.bucket("closed");
    const create = () =>
      sub.send(
        new CreateEventActionCommand({
          Event: { RevisionPublished: { DataSetId } },
          Action: { ExportRevisionToS3: { RevisionDestination: { Bucket } } },
        }),
      );
    const refused = await thrownBy(create(), ValidationException);
    expect(refused.ExceptionCause).to.equal("InsufficientS3BucketPolicy");
    const statement = { Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" } };
    const policyFor = (Action: string) =>
      JSON.stringify({ Statement: [{ ...statement, Action, Resource: `arn:aws:s3:::${Bucket}/*` }] });
    await rig.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyFor("s3:GetObject") }));
    await thrownBy(create(), ValidationException);
    await rig.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyFor("s3:PutObject*") }));
    expect((await create()).Id).to.be.a("string");

    await rig.stop();
    rig = await Rig.start({ accountId: owner, requireBucketPolicy: false });
    [own, sub] = [rig.dx, rig.clientOf("us-east-1", subscriber)];
    const RevisionDestination = { Bucket: await rig.bucket("closed") };
    const lenient = new CreateEventActionCommand({
      Event: {
        RevisionPublished: { DataSetId: (await accepted((await rig.revision()).DataSetId)).DataSetId },
      },
      Action: { ExportRevisionToS3: { RevisionDestination } },
    });
    expect((await sub.send(lenient)).Id).to.be.a("string");
  });
});
