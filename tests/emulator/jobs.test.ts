import { expect } from "chai";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

describe("emulator: jobs", () => {
  let service: EmulatorService;
  let ids: SdkIds;
  beforeEach(async () => {
    service = await EmulatorService.start({
      jobDuration: { EXPORT_REVISIONS_TO_S3: "10m", default: 5 },
      quotas: { EXPORT_REVISIONS_TO_S3: 1 },
    });
    ids = await service.createRevisionIds();
  });
  afterEach(() => service.stop());

  const upload = async (to = ids) => (await service.createUpload("text", to)).id;
  const revisionExport = ({ DataSetId, RevisionId } = ids) =>
    service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] }),
    );
  const stateOf = async (JobId: string) => (await service.call("GetJob", { JobId })).State;

  it("keeps a job WAITING until StartJob or CancelJob, and accepts neither afterwards", async () => {
    const [started, cancelled] = [await revisionExport(), await revisionExport()];
    expect(await stateOf(started)).to.equal("WAITING");
    await service.call("StartJob", { JobId: started });
    expect(await stateOf(started)).to.equal("IN_PROGRESS");
    await service.call("CancelJob", { JobId: cancelled });
    expect(await stateOf(cancelled)).to.equal("CANCELLED");
    for (const JobId of [started, cancelled]) {
      await rejection(service.call("StartJob", { JobId }), "ConflictException");
      await rejection(service.call("CancelJob", { JobId }), "ConflictException");
    }
    const counts = service.local.jobs().map(({ id, startCount }) => [id, startCount]);
    expect(Object.fromEntries(counts)).to.deep.equal({ [started]: 1, [cancelled]: 0 });
  });

  it("refuses to start a job beyond the quota of its type", async () => {
    const [first, second] = [await revisionExport(), await revisionExport()];
    await service.call("StartJob", { JobId: first });
    const refused = service.call("StartJob", { JobId: second });
    const LimitName = "Concurrent in progress jobs to export revisions to Amazon S3";
    const error = await rejection(refused, "ServiceLimitExceededException");
    expect(error).to.include({ LimitName, LimitValue: 1 });
    expect(await stateOf(second)).to.equal("WAITING");
    await service.jobError(await upload());
  });

  it("does not count ended jobs against the quota", async () => {
    service.local.settings.change({ jobDuration: 1 });
    for (let count = 0; count < 3; count += 1) {
      expect((await service.finishJob(await revisionExport())).State).to.equal("COMPLETED");
    }
  });

  it("lists jobs by data set and by revision", async () => {
    const other = await service.createRevisionIds();
    const [first, second] = [await upload(), await upload()];
    const exported = await revisionExport(other);
    const list = async (query: object) => (await service.call("ListJobs", query)).Jobs!.map(({ Id }) => Id);
    expect(await list({})).to.deep.equal([exported, second, first]);
    expect(await list({ RevisionId: ids.RevisionId })).to.deep.equal([second, first]);
    expect(await list({ DataSetId: other.DataSetId })).to.deep.equal([exported]);
    expect(await list({ RevisionId: other.RevisionId })).to.be.empty;
    expect(await list({ DataSetId: other.DataSetId, RevisionId: ids.RevisionId })).to.be.empty;
  });

  it("expires a job 90 days after its creation", async () => {
    const old = await upload();
    service.local.clock.advance("89d");
    const young = await upload();
    expect(await stateOf(young)).to.equal("WAITING");
    // Its signed URL expired without an upload.
    expect(await stateOf(old)).to.equal("TIMED_OUT");
    service.local.clock.advance("1d");
    await rejection(service.call("GetJob", { JobId: old }), "ResourceNotFoundException");
    await rejection(service.call("StartJob", { JobId: old }), "ResourceNotFoundException");
    const { Jobs, NextToken } = await service.call("ListJobs", { MaxResults: 1 });
    expect(Jobs!.map(({ Id }) => Id)).to.deep.equal([young]);
    expect((await service.call("ListJobs", { NextToken })).Jobs).to.be.empty;
    expect(service.local.jobs().map(({ expired }) => expired)).to.deep.equal([true, false]);
  });

  it("runs jobs by the time of the machine, not by the clock of the service", async () => {
    const id = await revisionExport();
    await service.call("StartJob", { JobId: id });
    service.local.clock.advance("1d");
    expect(await stateOf(id)).to.equal("IN_PROGRESS");
  });

  it("ends a job with the error of a fault, before or after its effect", async () => {
    const Bucket = await service.createBucket("again", { k: "v" });
    const AssetSources = [{ Bucket, Key: "k" }];
    const run = async () =>
      service.finishJob(await service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources })));
    service.local.faults.add({ operation: "RunJob", error: "TIMED_OUT" });
    expect((await run()).State).to.equal("TIMED_OUT");
    expect(await service.listAssets(ids)).to.be.empty;
    service.local.faults.add({ operation: "RunJob", error: "MALWARE_DETECTED", when: "after" });
    const job = await run();
    expect([job.State, job.Errors![0]!.Code]).to.deep.equal(["ERROR", "MALWARE_DETECTED"]);
    expect(await service.listAssets(ids)).to.have.length(1);
  });
});
