import { expect } from "chai";
import { EmulatorService, jobRequest } from "../harness/emulator-service";

describe("emulator: exports", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  it("writes an asset under its name unless the destination has a key", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ "a.csv": "A", "b.csv": "B" });
    const Bucket = await service.createBucket("assets-out", { "a.csv": "overwritten" });
    const [b, a] = assets;
    const AssetDestinations = [
      { AssetId: a!.Id, Bucket },
      { AssetId: b!.Id, Bucket, Key: "to/b" },
    ];
    await service.runJob(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }));
    expect(await service.readObjects(Bucket)).to.deep.equal({ "a.csv": "A", "to/b": "B" });
  });

  it("ends an export in ERROR when the bucket does not exist", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
    const AssetId = assets[0]!.Id;
    const AssetDestinations = [{ AssetId, Bucket: "no-such-bucket" }];
    const error = await service.jobError(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }));
    const resource = { ResourceId: AssetId, ResourceType: "ASSET" };
    expect(error).to.include({ Code: "RESOURCE_NOT_FOUND_EXCEPTION", ...resource });
  });

  it("writes a revision under key patterns with every placeholder", async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ "x/y.csv": "1" });
    const Bucket = await service.createBucket("revisions-out");
    const { CreatedAt } = await service.call("GetRevision", { DataSetId, RevisionId });
    const created = CreatedAt!.toISOString();
    const [year, month, day] = created.slice(0, 10).split("-");
    const values: Record<string, string> = {
      "Asset.Id": assets[0]!.Id!,
      "Asset.Name": "x/y.csv",
      "DataSet.Id": DataSetId,
      "DataSet.Name": "prices",
      "Revision.CreatedAt": created,
      "Revision.CreatedAt.Day": day!,
      "Revision.CreatedAt.Month": month!,
      "Revision.CreatedAt.Year": year!,
      "Revision.Id": RevisionId,
    };
    const pattern = Object.keys(values).map((name) => `\${${name}}`);
    for (const KeyPattern of [undefined, pattern.join("|")]) {
      const RevisionDestinations = [{ RevisionId, Bucket, KeyPattern }];
      await service.runJob(jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }));
    }
    const key = Object.values(values).join("|");
    expect(await service.readObjects(Bucket)).to.deep.equal({ "x/y.csv": "1", [key]: "1" });
  });

  it("fails the export of a revision and writes nothing when two assets have the same key", async () => {
    const source = await service.createBucket("twice-in", { same: "1" });
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    await service.importObjects({ DataSetId, RevisionId }, source, "same", "same");
    const Bucket = await service.createBucket("twice-out");
    const RevisionDestinations = [{ RevisionId, Bucket }];
    const request = jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations });
    expect((await service.jobError(request)).Code).to.equal("VALIDATION_EXCEPTION");
    expect(await service.listKeys(Bucket)).to.be.empty;
  });

  it("gives the signed URL of an export when the job has completed", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ k: "0123456789" });
    const request = jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId: assets[0]!.Id });
    const { Details } = await service.runJob(request);
    const { SignedUrl, SignedUrlExpiresAt } = Details!.ExportAssetToSignedUrl!;
    expect(SignedUrlExpiresAt!.getTime()).to.be.greaterThan(service.local.clock.now().getTime());
    expect(await (await fetch(SignedUrl!)).text()).to.equal("0123456789");
    const part = await fetch(SignedUrl!, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).to.deep.equal([206, "234"]);
  });
});
