import {
  CancelJobCommand,
  ConflictException,
  GetJobCommand,
  ListJobsCommand,
  ResourceNotFoundException,
  ServiceLimitExceededException,
  StartJobCommand,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { Rig, thrownBy } from "./support";

describe("emulator: jobs", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start({
      jobDuration: { EXPORT_REVISIONS_TO_S3: "10m", default: 5 },
      quotas: { EXPORT_REVISIONS_TO_S3: 1 },
    });
  });
  afterEach(() => rig.stop());

  const signedUrlJob = (ids: { DataSetId: string; RevisionId: string }) =>
    rig.create({
      Type: "IMPORT_ASSET_FROM_SIGNED_URL",
      Details: { ImportAssetFromSignedUrl: { ...ids, AssetName: "n", Md5Hash: "A".repeat(22) + "==" } },
    });

  const revisionExport = ({ DataSetId, RevisionId }: { DataSetId: string; RevisionId: string }) =>
    rig.create({
      Type: "EXPORT_REVISIONS_TO_S3",
      Details: { ExportRevisionsToS3: { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] } },
    });

  const stateOf = async (JobId: string) => (await rig.dx.send(new GetJobCommand({ JobId }))).State;

  it("waits until it is started, and starts and cancels only while it waits", async () => {
    const ids = await rig.revision();
    const [started, cancelled] = [await revisionExport(ids), await revisionExport(ids)];
    expect(await stateOf(started)).to.equal("WAITING");
    await rig.dx.send(new StartJobCommand({ JobId: started }));
    expect(await stateOf(started)).to.equal("IN_PROGRESS");
    await rig.dx.send(new CancelJobCommand({ JobId: cancelled }));
    expect(await stateOf(cancelled)).to.equal("CANCELLED");
    for (const JobId of [started, cancelled]) {
      await thrownBy(rig.dx.send(new StartJobCommand({ JobId })), ConflictException);
      await thrownBy(rig.dx.send(new CancelJobCommand({ JobId })), ConflictException);
    }
    expect(rig.local.jobs().map(({ id, startCount }) => [id, startCount])).to.deep.equal([
      [started, 1],
      [cancelled, 0],
    ]);
  });

  it("refuses to start more jobs of a type than may be in progress at once", async () => {
    const ids = await rig.revision();
    const [first, second] = [await revisionExport(ids), await revisionExport(ids)];
    await rig.dx.send(new StartJobCommand({ JobId: first }));
    const refused = rig.dx.send(new StartJobCommand({ JobId: second }));
    const error = await thrownBy(refused, ServiceLimitExceededException);
    expect(error).to.include({
      LimitName: "Concurrent in progress jobs to export revisions to Amazon S3",
      LimitValue: 1,
    });
    expect(error.$metadata.httpStatusCode).to.equal(402);
    expect(await stateOf(second)).to.equal("WAITING");
    // Another type has a quota of its own.
    expect((await rig.finish(await signedUrlJob(ids))).State).to.equal("ERROR");
  });

  it("frees its place when it ends", async () => {
    await rig.stop();
    rig = await Rig.start({ quotas: { EXPORT_REVISIONS_TO_S3: 1 } });
    const ids = await rig.revision();
    for (let i = 0; i < 3; i += 1)
      expect((await rig.finish(await revisionExport(ids))).State).to.equal("COMPLETED");
  });

  it("lists newest first, by data set and by revision, in pages that jobs added meanwhile do not upset", async () => {
    const [one, two] = [await rig.revision(), await rig.revision()];
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.unshift(await signedUrlJob(one));
    const exported = await revisionExport(two);
    const list = async (query: object) =>
      (await rig.dx.send(new ListJobsCommand(query))).Jobs!.map(({ Id }) => Id);
    expect(await list({})).to.deep.equal([exported, ...made]);
    expect(await list({ RevisionId: one.RevisionId })).to.deep.equal(made);
    expect(await list({ DataSetId: two.DataSetId })).to.deep.equal([exported]);
    expect(await list({ RevisionId: two.RevisionId })).to.be.empty;
    expect(await list({ DataSetId: two.DataSetId, RevisionId: one.RevisionId })).to.be.empty;

    const query = { DataSetId: one.DataSetId, MaxResults: 2 };
    const first = await rig.dx.send(new ListJobsCommand(query));
    await signedUrlJob(one);
    const second = await rig.dx.send(new ListJobsCommand({ ...query, NextToken: first.NextToken }));
    const third = await rig.dx.send(new ListJobsCommand({ ...query, NextToken: second.NextToken }));
    const seen = [first, second, third].flatMap(({ Jobs }) => Jobs!.map(({ Id }) => Id));
    expect(seen).to.deep.equal(made);
    expect(third.NextToken).to.equal(undefined);
  });

  it("vanishes 90 days after it was created", async () => {
    const ids = await rig.revision();
    const old = await signedUrlJob(ids);
    rig.local.clock.advance("89d");
    const young = await signedUrlJob(ids);
    expect(await stateOf(young)).to.equal("WAITING");
    // Its upload never came.
    expect(await stateOf(old)).to.equal("TIMED_OUT");
    rig.local.clock.advance("1d");
    await thrownBy(rig.dx.send(new GetJobCommand({ JobId: old })), ResourceNotFoundException);
    await thrownBy(rig.dx.send(new StartJobCommand({ JobId: old })), ResourceNotFoundException);
    const { Jobs, NextToken } = await rig.dx.send(new ListJobsCommand({ MaxResults: 1 }));
    expect(Jobs!.map(({ Id }) => Id)).to.deep.equal([young]);
    expect((await rig.dx.send(new ListJobsCommand({ NextToken }))).Jobs).to.be.empty;
    expect(rig.local.jobs().map(({ expired }) => expired)).to.deep.equal([true, false]);
  });

  it("goes on by the machine's time when the clock is put forward", async () => {
    const id = await revisionExport(await rig.revision());
    await rig.dx.send(new StartJobCommand({ JobId: id }));
    rig.local.clock.advance("1d");
    expect(await stateOf(id)).to.equal("IN_PROGRESS");
  });

  it("ends as a fault wants it to", async () => {
    const { DataSetId, RevisionId } = await rig.filledRevision({ k: "v" });
    const ids = { DataSetId, RevisionId };
    const Bucket = await rig.bucket("again", { k: "v" });
    const again = () =>
      rig.create({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { ...ids, AssetSources: [{ Bucket, Key: "k" }] } },
      });
    rig.local.faults.add({ operation: "RunJob", error: "TIMED_OUT" });
    expect((await rig.finish(await again())).State).to.equal("TIMED_OUT");
    expect(await rig.assets(ids)).to.have.length(1);
    rig.local.faults.add({ operation: "RunJob", error: "MALWARE_DETECTED", when: "after" });
    const job = await rig.finish(await again());
    expect([job.State, job.Errors![0]!.Code]).to.deep.equal(["ERROR", "MALWARE_DETECTED"]);
    expect(await rig.assets(ids)).to.have.length(2);
  });
});
