import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EmulatorService, jobRequest } from "./support";

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
