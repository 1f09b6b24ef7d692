import type { CreateJobRequest, DataExchangeClient } from "@aws-sdk/client-dataexchange";
import {
  CreateEventActionCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  GetDataSetCommand,
  ListReceivedDataGrantsCommand,
  RevokeRevisionCommand,
  UpdateDataSetCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import { ListObjectsV2Command, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection, until } from "./support";

const [owner, subscriber] = ["111111111111", "222222222222"] as const;

describe("emulator: data grants and event actions", () => {
  let service: EmulatorService;
  let own: DataExchangeClient;
  let sub: DataExchangeClient;

  beforeEach(async () => {
    service = await EmulatorService.start({ accountId: owner });
    own = service.dataExchange;
    sub = service.connect("us-east-1", subscriber);
  });
  afterEach(() => service.stop());

  const finalize = (ids: { DataSetId: string; RevisionId: string }, Finalized = true) =>
    service.call("UpdateRevision", { ...ids, Finalized });

  async function grant(SourceDataSetId: string, more: { EndsAt?: Date } = {}) {
    const given = await service.call("CreateDataGrant", {
      Name: "for you",
      GrantDistributionScope: "NONE",
      ReceiverPrincipal: subscriber,
      SourceDataSetId,
      ...more,
    });
    return { ...given, Arn: given.Arn!, Id: given.Id!, DataSetId: given.DataSetId! };
  }

  async function accepted(SourceDataSetId: string, more: { EndsAt?: Date } = {}) {
    const given = await grant(SourceDataSetId, more);
    await service.call("AcceptDataGrant", { DataGrantArn: given.Arn }, sub);
    return given;
  }

  const revisionsOf = async (DataSetId: string) =>
    (await service.call("ListDataSetRevisions", { DataSetId }, sub)).Revisions!;

  it("give a subscriber every finalized revision, before and after the grant, byte for byte", async () => {
    const first = await service.createFilledRevision({ "a.txt": "one" });
    await finalize(first);
    const given = await accepted(first.DataSetId);
    const second = await service.call("CreateRevision", { DataSetId: first.DataSetId, Comment: "second" });
    expect(await revisionsOf(given.DataSetId)).to.have.length(1);
    const Bucket = await service.createBucket("more", { "b.txt": "two" });
    const ids = { DataSetId: first.DataSetId, RevisionId: second.Id! };
    const sources = { ...ids, AssetSources: [{ Bucket, Key: "b.txt" }] };
    await service.runJob(jobRequest("ImportAssetsFromS3", sources));
    await finalize(ids);

    const [newest] = await revisionsOf(given.DataSetId);
    expect(newest).to.include({ Finalized: true, Comment: "second", DataSetId: given.DataSetId });
    expect(newest!.Id).not.to.equal(second.Id);
    const target = await service.createBucket("target");
    const RevisionDestinations = [{ RevisionId: newest!.Id!, Bucket: target }];
    await service.runJob(
      jobRequest("ExportRevisionsToS3", { DataSetId: given.DataSetId, RevisionDestinations }),
      sub,
    );
    expect(await service.readObject(target, "b.txt")).to.equal("two");
  });

  it("show the subscriber an entitled data set and nobody else anything", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const given = await grant(DataSetId);
    const pending = new ListReceivedDataGrantsCommand({ AcceptanceState: ["PENDING_RECEIVER_ACCEPTANCE"] });
    expect((await sub.send(pending)).DataGrantSummaries!.map(({ Id }) => Id)).to.deep.equal([given.Id]);
    await rejection(
      service.call("GetDataSet", { DataSetId: given.DataSetId }, sub),
      "ResourceNotFoundException",
    );
    await service.call("AcceptDataGrant", { DataGrantArn: given.Arn }, sub);
    expect((await sub.send(pending)).DataGrantSummaries).to.be.empty;

    const { DataSets } = await service.call("ListDataSets", { Origin: "ENTITLED" }, sub);
    expect(DataSets).to.have.length(1);
    expect(DataSets![0]).to.deep.include({
      Id: given.DataSetId,
      Origin: "ENTITLED",
      Name: "prices",
      OriginDetails: { DataGrantId: given.Id },
    });
    expect(DataSets![0]!.Arn).to.equal(`arn:aws:dataexchange:us-east-1::data-sets/${given.DataSetId}`);
    expect((await service.call("ListDataSets", {}, sub)).DataSets).to.be.empty;
    // Source: user guide, "Data sets": an update of the owned data set does not update the entitled one.
    await service.call("UpdateDataSet", { DataSetId, Name: "rates" });
    expect((await service.call("GetDataSet", { DataSetId: given.DataSetId }, sub)).Name).to.equal("prices");

    const stranger = service.connect("us-east-1", "333333333333");
    const elsewhere = service.connect("eu-west-1", subscriber);
    for (const client of [stranger, elsewhere]) {
      await rejection(
        service.call("AcceptDataGrant", { DataGrantArn: given.Arn }, client),
        "ResourceNotFoundException",
      );
      const get = new GetDataSetCommand({ DataSetId: given.DataSetId });
      await rejection(client.send(get), "ResourceNotFoundException");
    }
  });

  it("refuse a subscriber every change, and imports", async () => {
    const revision = await service.createFilledRevision({ a: "1" });
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
      new CreateJobCommand(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources })),
    ];
    for (const command of refused) {
      await rejection(sub.send(command as UpdateDataSetCommand), "AccessDeniedException");
    }
  });

  it("keep a published revision finalized, and take it from subscribers when it is revoked", async () => {
    const revision = await service.createFilledRevision({ a: "1" });
    await finalize(revision);
    // Nobody has it yet.
    await finalize(revision, false);
    await finalize(revision);
    const { DataSetId } = await accepted(revision.DataSetId);
    await rejection(finalize(revision, false), "ConflictException");

    const [{ Id } = {}] = await revisionsOf(DataSetId);
    const ids = { DataSetId, RevisionId: Id! };
    const { Assets } = await service.call("ListRevisionAssets", ids, sub);
    const source = { DataSetId: revision.DataSetId, RevisionId: revision.RevisionId };
    const RevocationComment = "The prices were wrong.";
    const revoke = new RevokeRevisionCommand({ ...source, RevocationComment });
    expect(await own.send(revoke)).to.include({ Revoked: true, RevocationComment });
    expect((await revisionsOf(DataSetId))[0]).to.include({ Revoked: true, RevocationComment });
    const AssetId = Assets![0]!.Id!;
    const read = await rejection(service.call("GetAsset", { ...ids, AssetId }, sub), "ValidationException");
    expect(read.message).to.include(RevocationComment);
    const exporting = new CreateJobCommand(jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }));
    const denied = await rejection(sub.send(exporting), "AccessDeniedException");
    expect(denied.message).to.include(RevocationComment);
    // What its owner has stays the owner's.
    expect((await service.call("ListRevisionAssets", source)).Assets).to.have.length(1);
  });

  it("keep exports that were asked for before the revocation from what was revoked", async () => {
    const revision = await service.createFilledRevision({ a: "1" });
    await finalize(revision);
    const { DataSetId } = await accepted(revision.DataSetId);
    const RevisionId = (await revisionsOf(DataSetId))[0]!.Id!;
    const { Assets } = await service.call("ListRevisionAssets", { DataSetId, RevisionId }, sub);
    const AssetId = Assets![0]!.Id!;
    const Bucket = await service.createBucket("exported");
    const requests: CreateJobRequest[] = [
      jobRequest("ExportAssetsToS3", {
        DataSetId,
        RevisionId,
        AssetDestinations: [{ AssetId, Bucket, Key: "a" }],
      }),
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations: [{ RevisionId, Bucket }] }),
      jobRequest("ExportAssetToSignedUrl", { DataSetId, RevisionId, AssetId }),
    ];
    const jobs = await Promise.all(requests.map((request) => service.createJob(request, sub)));
    const { DataSetId: source, RevisionId: revoked } = revision;
    const RevocationComment = "The prices were wrong.";
    await service.call("RevokeRevision", { DataSetId: source, RevisionId: revoked, RevocationComment });
    for (const job of jobs) {
      const { State, Errors } = await service.finishJob(job, sub);
      expect([State, Errors?.map(({ Code }) => Code)]).to.deep.equal(["ERROR", ["ACCESS_DENIED_EXCEPTION"]]);
      expect(Errors![0]!.Message).to.include(RevocationComment);
    }
    expect((await service.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).to.equal(0);
  });

  it("end: by their date, and when they are deleted", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const EndsAt = new Date(service.local.clock.now().getTime() + 24 * 60 * 60 * 1000);
    const [ending, deleted] = [await accepted(DataSetId, { EndsAt }), await accepted(DataSetId)];
    const entitled = async () => (await service.call("ListDataSets", { Origin: "ENTITLED" }, sub)).DataSets!;
    expect(await entitled()).to.have.length(2);
    service.local.clock.advance("1d");
    expect((await entitled()).map(({ Id }) => Id)).to.deep.equal([deleted.DataSetId]);
    const get = new GetDataSetCommand({ DataSetId: ending.DataSetId });
    await rejection(sub.send(get), "ResourceNotFoundException");
    await service.call("DeleteDataGrant", { DataGrantId: deleted.Arn });
    expect(await entitled()).to.be.empty;
    const past = new Date(service.local.clock.now().getTime() - 1);
    await rejection(grant(DataSetId, { EndsAt: past }), "ValidationException");
    await rejection(service.call("AcceptDataGrant", { DataGrantArn: ending.Arn }, sub), "ConflictException");
  });

  it("export a subscriber's revision by themselves as it is published, within the quota", async () => {
    service.local.settings.change({ quotas: { EXPORT_REVISIONS_TO_S3: 1 } });
    const { DataSetId, RevisionId } = await service.createFilledRevision({ "a.txt": "fresh" });
    const given = await accepted(DataSetId);
    const buckets = [await service.createWritableBucket("one"), await service.createWritableBucket("two")];
    const actions = await Promise.all(
      buckets.map((Bucket) => {
        const RevisionDestination = { Bucket, KeyPattern: "auto/${Asset.Name}" };
        return service.call(
          "CreateEventAction",
          {
            Event: { RevisionPublished: { DataSetId: given.DataSetId } },
            Action: { ExportRevisionToS3: { RevisionDestination, Encryption: { Type: "AES256" } } },
          },
          sub,
        );
      }),
    );
    await finalize({ DataSetId, RevisionId });
    await until(async () => (await jobs()).every(({ State }) => State === "COMPLETED"));
    for (const bucket of buckets) expect(await service.readObject(bucket, "auto/a.txt")).to.equal("fresh");
    const arns = (await jobs()).map(({ Details }) => Details!.ExportRevisionsToS3!.EventActionArn);
    expect(arns).to.have.members(actions.map(({ Arn }) => Arn));

    async function jobs() {
      const found = (await service.call("ListJobs", { DataSetId: given.DataSetId }, sub)).Jobs!;
      expect(found).to.have.length(2);
      expect(found.filter(({ State }) => State === "IN_PROGRESS").length).to.be.at.most(1);
      return found;
    }
  });

  it("want a bucket policy for event actions, unless that is switched off", async () => {
    const { DataSetId } = await accepted((await service.createRevisionIds()).DataSetId);
    const Bucket = await service.createBucket("closed");
    const create = () =>
      service.call(
        "CreateEventAction",
        {
          Event: { RevisionPublished: { DataSetId } },
          Action: { ExportRevisionToS3: { RevisionDestination: { Bucket } } },
        },
        sub,
      );
    const refused = await rejection(create(), "ValidationException");
    expect(refused.ExceptionCause).to.equal("InsufficientS3BucketPolicy");
    const statement = { Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" } };
    const policyFor = (Action: string) =>
      JSON.stringify({ Statement: [{ ...statement, Action, Resource: `arn:aws:s3:::${Bucket}/*` }] });
    await service.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyFor("s3:GetObject") }));
    await rejection(create(), "ValidationException");
    await service.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyFor("s3:PutObject*") }));
    expect((await create()).Id).to.be.a("string");

    await service.stop();
    service = await EmulatorService.start({ accountId: owner, requireBucketPolicy: false });
    [own, sub] = [service.dataExchange, service.connect("us-east-1", subscriber)];
    const RevisionDestination = { Bucket: await service.createBucket("closed") };
    const lenient = new CreateEventActionCommand({
      Event: {
        RevisionPublished: {
          DataSetId: (await accepted((await service.createRevisionIds()).DataSetId)).DataSetId,
        },
      },
      Action: { ExportRevisionToS3: { RevisionDestination } },
    });
    expect((await sub.send(lenient)).Id).to.be.a("string");
  });
});
