import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "./support";

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
