import { GetRevisionCommand } from "@aws-sdk/client-dataexchange";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Rig } from "./support";

describe("emulator: exports", () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  it("exports assets, to the asset's name where no key is given", async () => {
    const { assets, DataSetId, RevisionId } = await rig.filledRevision({ "a.csv": "A", "b.csv": "B" });
    const out = await rig.bucket("assets-out", { "a.csv": "overwritten" });
    const idOf = (name: string) => assets.find(({ Name }) => Name === name)!.Id;
    await rig.run({
      Type: "EXPORT_ASSETS_TO_S3",
      Details: {
        ExportAssetsToS3: {
          DataSetId,
          RevisionId,
          AssetDestinations: [
            { AssetId: idOf("a.csv"), Bucket: out },
            { AssetId: idOf("b.csv"), Bucket: out, Key: "to/b" },
          ],
        },
      },
    });
    expect(await rig.textOf(out, "a.csv")).to.equal("A");
    expect(await rig.textOf(out, "to/b")).to.equal("B");
  });

  it("ends in ERROR when the destination does not exist", async () => {
    const { assets, DataSetId, RevisionId } = await rig.filledRevision({ k: "v" });
    const AssetDestinations = [{ AssetId: assets[0]!.Id, Bucket: "no-such-bucket" }];
    const id = await rig.create({
      Type: "EXPORT_ASSETS_TO_S3",
      Details: { ExportAssetsToS3: { DataSetId, RevisionId, AssetDestinations } },
    });
    const job = await rig.finish(id);
    expect(job.State).to.equal("ERROR");
    expect(job.Errors![0]).to.include({
      Code: "RESOURCE_NOT_FOUND_EXCEPTION",
      ResourceId: assets[0]!.Id,
      ResourceType: "ASSET",
    });
  });

  it("exports whole revisions by key patterns with every placeholder", async () => {
    const { DataSetId, RevisionId, assets } = await rig.filledRevision({ "x/y.csv": "1" });
    const out = await rig.bucket("revisions-out");
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
      const Details = { ExportRevisionsToS3: { DataSetId, RevisionDestinations } };
      await rig.run({ Type: "EXPORT_REVISIONS_TO_S3", Details });
    }
    const { CreatedAt } = await rig.dx.send(new GetRevisionCommand({ DataSetId, RevisionId }));
    const created = CreatedAt!.toISOString();
    const [year, month, day] = created.slice(0, 10).split("-");
    const key = [assets[0]!.Id, "x/y.csv", DataSetId, "prices", created, day, month, year, RevisionId].join(
      "|",
    );
    const { Contents } = await rig.s3.send(new ListObjectsV2Command({ Bucket: out }));
    expect(Contents!.map(({ Key }) => Key)).to.have.members(["x/y.csv", key]);
    expect(await rig.textOf(out, key)).to.equal("1");
  });

  it("fails a revision export in which two assets would get one key, and writes nothing", async () => {
    const Bucket = await rig.bucket("twice-in", { same: "1" });
    const ids = await rig.revision();
    await rig.run({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: {
        ImportAssetsFromS3: {
          ...ids,
          AssetSources: [
            { Bucket, Key: "same" },
            { Bucket, Key: "same" },
          ],
        },
      },
    });
    const out = await rig.bucket("twice-out");
    const RevisionDestinations = [{ RevisionId: ids.RevisionId, Bucket: out }];
    const id = await rig.create({
      Type: "EXPORT_REVISIONS_TO_S3",
      Details: { ExportRevisionsToS3: { DataSetId: ids.DataSetId, RevisionDestinations } },
    });
    const job = await rig.finish(id);
    expect([job.State, job.Errors![0]!.Code]).to.deep.equal(["ERROR", "VALIDATION_EXCEPTION"]);
    expect((await rig.s3.send(new ListObjectsV2Command({ Bucket: out }))).KeyCount).to.equal(0);
  });

  it("exports an asset to a signed URL, which appears when the job has completed", async () => {
    const { assets, DataSetId, RevisionId } = await rig.filledRevision({ k: "0123456789" });
    const job = await rig.run({
      Type: "EXPORT_ASSET_TO_SIGNED_URL",
      Details: { ExportAssetToSignedUrl: { DataSetId, RevisionId, AssetId: assets[0]!.Id } },
    });
    const { SignedUrl, SignedUrlExpiresAt } = job.Details!.ExportAssetToSignedUrl!;
    expect(SignedUrlExpiresAt!.getTime()).to.be.greaterThan(rig.local.clock.now().getTime());
    expect(await (await fetch(SignedUrl!)).text()).to.equal("0123456789");
    const part = await fetch(SignedUrl!, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).to.deep.equal([206, "234"]);
  });
});
