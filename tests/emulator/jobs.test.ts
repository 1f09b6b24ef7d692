import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "./support";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";

describe("emulator: jobs", () => {
  let service: EmulatorService;
  beforeEach(async () => {
    service = await EmulatorService.start({
      jobDuration: { EXPORT_REVISIONS_TO_S3: "10m", default: 5 },
      quotas: { EXPORT_REVISIONS_TO_S3: 1 },
    });
  });
  afterEach(() => service.stop());

  const signedUrlJob = (ids: { DataSetId: string; RevisionId: string }) =>
    service.createJob(
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: "A".repeat(22) + "==" }),
    );

  const revisionExport = ({ DataSetId, RevisionId }: { DataSetId: string; RevisionId: string }) =>
    service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] }),
    );

  const stateOf = async (JobId: string) => (await service.call("GetJob", { JobId })).State;

  it("waits until it is started, and starts and cancels only while it waits", async () => {
    const ids = await service.createRevisionIds();
    const [started, cancelled] = [await revisionExport(ids), await revisionExport(ids)];
    expect(await stateOf(started)).to.equal("WAITING");
    await service.call("StartJob", { JobId: started });
    expect(await stateOf(started)).to.equal("IN_PROGRESS");
    await service.call("CancelJob", { JobId: cancelled });
    expect(await stateOf(cancelled)).to.equal("CANCELLED");
    for (const JobId of [started, cancelled]) {
      await rejection(service.call("StartJob", { JobId }), "ConflictException");
      await rejection(service.call("CancelJob", { JobId }), "ConflictException");
    }
    expect(service.local.jobs().map(({ id, startCount }) => [id, startCount])).to.deep.equal([
      [started, 1],
      [cancelled, 0],
    ]);
  });

  it("refuses to start more jobs of a type than may be in progress at once", async () => {
    const ids = await service.createRevisionIds();
    const [first, second] = [await revisionExport(ids), await revisionExport(ids)];
    await service.call("StartJob", { JobId: first });
    const refused = service.call("StartJob", { JobId: second });
    const error = await rejection(refused, "ServiceLimitExceededException");
    expect(error).to.include({
      LimitName: "Concurrent in progress jobs to export revisions to Amazon S3",
      LimitValue: 1,
    });
    expect(error.$metadata.httpStatusCode).to.equal(402);
    expect(await stateOf(second)).to.equal("WAITING");
    // Another type has a quota of its own.
    expect((await service.finishJob(await signedUrlJob(ids))).State).to.equal("ERROR");
  });

  it("frees its place when it ends", async () => {
    await service.stop();
    service = await EmulatorService.start({ quotas: { EXPORT_REVISIONS_TO_S3: 1 } });
    const ids = await service.createRevisionIds();
    for (let i = 0; i < 3; i += 1)
      expect((await service.finishJob(await revisionExport(ids))).State).to.equal("COMPLETED");
  });

  it("lists newest first, by data set and by revision, in pages that jobs added meanwhile do not upset", async () => {
    const [one, two] = [await service.createRevisionIds(), await service.createRevisionIds()];
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.unshift(await signedUrlJob(one));
    const exported = await revisionExport(two);
    const list = async (query: object) => (await service.call("ListJobs", query)).Jobs!.map(({ Id }) => Id);
    expect(await list({})).to.deep.equal([exported, ...made]);
    expect(await list({ RevisionId: one.RevisionId })).to.deep.equal(made);
    expect(await list({ DataSetId: two.DataSetId })).to.deep.equal([exported]);
    expect(await list({ RevisionId: two.RevisionId })).to.be.empty;
    expect(await list({ DataSetId: two.DataSetId, RevisionId: one.RevisionId })).to.be.empty;

    const query = { DataSetId: one.DataSetId, MaxResults: 2 };
    const first = await service.call("ListJobs", query);
    await signedUrlJob(one);
    const second = await service.call("ListJobs", { ...query, NextToken: first.NextToken });
    const third = await service.call("ListJobs", { ...query, NextToken: second.NextToken });
    const seen = [first, second, third].flatMap(({ Jobs }) => Jobs!.map(({ Id }) => Id));
    expect(seen).to.deep.equal(made);
    expect(third.NextToken).to.equal(undefined);
  });

  it("vanishes 90 days after it was created", async () => {
    const ids = await service.createRevisionIds();
    const old = await signedUrlJob(ids);
    service.local.clock.advance("89d");
    const young = await signedUrlJob(ids);
    expect(await stateOf(young)).to.equal("WAITING");
    // Its upload never came.
    expect(await stateOf(old)).to.equal("TIMED_OUT");
    service.local.clock.advance("1d");
    await rejection(service.call("GetJob", { JobId: old }), "ResourceNotFoundException");
    await rejection(service.call("StartJob", { JobId: old }), "ResourceNotFoundException");
    const { Jobs, NextToken } = await service.call("ListJobs", { MaxResults: 1 });
    expect(Jobs!.map(({ Id }) => Id)).to.deep.equal([young]);
    expect((await service.call("ListJobs", { NextToken })).Jobs).to.be.empty;
    expect(service.local.jobs().map(({ expired }) => expired)).to.deep.equal([true, false]);
  });

  it("goes on by the machine's time when the clock is put forward", async () => {
    const id = await revisionExport(await service.createRevisionIds());
    await service.call("StartJob", { JobId: id });
    service.local.clock.advance("1d");
    expect(await stateOf(id)).to.equal("IN_PROGRESS");
  });

  it("ends as a fault wants it to", async () => {
    const { DataSetId, RevisionId } = await service.createFilledRevision({ k: "v" });
    const ids = { DataSetId, RevisionId };
    const Bucket = await service.createBucket("again", { k: "v" });
    const again = () =>
      service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [{ Bucket, Key: "k" }] }));
    service.local.faults.add({ operation: "RunJob", error: "TIMED_OUT" });
    expect((await service.finishJob(await again())).State).to.equal("TIMED_OUT");
    expect(await service.listAssets(ids)).to.have.length(1);
    service.local.faults.add({ operation: "RunJob", error: "MALWARE_DETECTED", when: "after" });
    const job = await service.finishJob(await again());
    expect([job.State, job.Errors![0]!.Code]).to.deep.equal(["ERROR", "MALWARE_DETECTED"]);
    expect(await service.listAssets(ids)).to.have.length(2);
  });
});

describe("emulator: exports", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  it("exports assets, to the asset's name where no key is given", async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({
      "a.csv": "A",
      "b.csv": "B",
    });
    const out = await service.createBucket("assets-out", { "a.csv": "overwritten" });
    const idOf = (name: string) => assets.find(({ Name }) => Name === name)!.Id;
    await service.runJob(
      jobRequest("ExportAssetsToS3", {
        DataSetId,
        RevisionId,
        AssetDestinations: [
          { AssetId: idOf("a.csv"), Bucket: out },
          { AssetId: idOf("b.csv"), Bucket: out, Key: "to/b" },
        ],
      }),
    );
    expect(await service.readObject(out, "a.csv")).to.equal("A");
    expect(await service.readObject(out, "to/b")).to.equal("B");
  });

  it("ends in ERROR when the destination does not exist", async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "v" });
    const AssetDestinations = [{ AssetId: assets[0]!.Id, Bucket: "no-such-bucket" }];
    const id = await service.createJob(
      jobRequest("ExportAssetsToS3", { DataSetId, RevisionId, AssetDestinations }),
    );
    const job = await service.finishJob(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]).to.include({
      Code: "RESOURCE_NOT_FOUND_EXCEPTION",
      ResourceId: assets[0]!.Id,
      ResourceType: "ASSET",
    });
  });

  it("exports whole revisions by key patterns with every placeholder", async () => {
    const { DataSetId, RevisionId, assets } = await service.createFilledRevision({ "x/y.csv": "1" });
    const out = await service.createBucket("revisions-out");
    const KeyPattern = [
      "${Asset.Id}",
      "${Asset.Name}",
      "${DataSet.Id}",
      "${DataSet.Name}",
      "${Revision.CreatedAt}",
      "${Revision.CreatedAt.Day}",
      "${Revision.CreatedAt.Month}",
      "${Revision.CreatedAt.Year}",
      "${Revision.Id}",
    ].join("|");
    for (const pattern of [undefined, KeyPattern]) {
      const RevisionDestinations = [{ RevisionId, Bucket: out, KeyPattern: pattern }];
      await service.runJob(jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }));
    }
    const { CreatedAt } = await service.call("GetRevision", { DataSetId, RevisionId });
    const created = CreatedAt!.toISOString();
    const [year, month, day] = created.slice(0, 10).split("-");
    const key = [assets[0]!.Id, "x/y.csv", DataSetId, "prices", created, day, month, year, RevisionId].join(
      "|",
    );
    const { Contents } = await service.s3.send(new ListObjectsV2Command({ Bucket: out }));
    expect(Contents!.map(({ Key }) => Key)).to.have.members(["x/y.csv", key]);
    expect(await service.readObject(out, key)).to.equal("1");
  });

  it("fails a revision export in which two assets would get one key, and writes nothing", async () => {
    const Bucket = await service.createBucket("twice-in", { same: "1" });
    const ids = await service.createRevisionIds();
    await service.runJob(
      jobRequest("ImportAssetsFromS3", {
        ...ids,
        AssetSources: [
          { Bucket, Key: "same" },
          { Bucket, Key: "same" },
        ],
      }),
    );
    const out = await service.createBucket("twice-out");
    const RevisionDestinations = [{ RevisionId: ids.RevisionId, Bucket: out }];
    const id = await service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId: ids.DataSetId, RevisionDestinations }),
    );
    const job = await service.finishJob(id);
    expect([job.State, job.Errors![0]!.Code]).to.deep.equal(["ERROR", "VALIDATION_EXCEPTION"]);
    expect((await service.s3.send(new ListObjectsV2Command({ Bucket: out }))).KeyCount).to.equal(0);
  });

  it("exports an asset to a signed URL, which appears when the job has completed", async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "0123456789" });
    const job = await service.runJob(
      jobRequest("ExportAssetToSignedUrl", { DataSetId, RevisionId, AssetId: assets[0]!.Id }),
    );
    const { SignedUrl, SignedUrlExpiresAt } = job.Details!.ExportAssetToSignedUrl!;
    expect(SignedUrlExpiresAt!.getTime()).to.be.greaterThan(service.local.clock.now().getTime());
    expect(await (await fetch(SignedUrl!)).text()).to.equal("0123456789");
    const part = await fetch(SignedUrl!, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).to.deep.equal([206, "234"]);
  });
});
