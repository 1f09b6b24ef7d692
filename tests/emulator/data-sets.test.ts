import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

describe("emulator: data sets, revisions and assets", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  it("changes UpdatedAt of a data set with an update, and deletes it with its revisions", async () => {
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const { CreatedAt } = await service.call("GetDataSet", { DataSetId });
    service.local.clock.advance("1s");
    const updated = await service.call("UpdateDataSet", { DataSetId, Name: "new" });
    expect(updated).to.deep.include({ Name: "new", Description: "daily prices", CreatedAt });
    expect(updated.UpdatedAt!.getTime()).to.be.greaterThan(CreatedAt!.getTime());
    expect((await service.call("ListDataSets", { Origin: "ENTITLED" })).DataSets).to.be.empty;
    await service.call("DeleteDataSet", { DataSetId });
    await rejection(service.call("GetDataSet", { DataSetId }), "ResourceNotFoundException");
    await rejection(service.call("GetRevision", { DataSetId, RevisionId }), "ResourceNotFoundException");
  });

  it("finalizes a revision only if it holds an asset, and deletes it only if it is not finalized", async () => {
    await rejection(service.finalize(await service.createRevisionIds()), "ValidationException");
    const ids = await service.createFinalizedRevision();
    const conflict = await rejection(service.call("DeleteRevision", ids), "ConflictException");
    expect(conflict).to.include({ ResourceId: ids.RevisionId, ResourceType: "REVISION" });
    expect((await service.finalize(ids, false)).Finalized).to.equal(false);
    await service.call("DeleteRevision", ids);
    await rejection(service.call("GetRevision", ids), "ResourceNotFoundException");
  });

  it("creates a revision without a comment", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const { Comment, Id } = await service.call("CreateRevision", { DataSetId });
    const shown = await service.call("GetRevision", { DataSetId, RevisionId: Id });
    expect([Comment, shown.Comment]).to.deep.equal([undefined, undefined]);
  });

  it("changes the comment of a finalized revision only together with its finalization", async () => {
    const ids = await service.createFinalizedRevision();
    const update = (more: object) => service.call("UpdateRevision", { ...ids, ...more });
    await rejection(update({ Comment: "other" }), "ConflictException");
    await rejection(update({ Comment: "other", Finalized: true }), "ConflictException");
    expect((await update({ Comment: "other", Finalized: false })).Comment).to.equal("other");
    expect((await update({ Comment: "third", Finalized: true })).Comment).to.equal("third");
    // The same comment is not a change.
    expect((await update({ Comment: "third", Finalized: true })).Finalized).to.equal(true);
    await service.shareDataSet(ids.DataSetId, "222222222222");
    await rejection(update({ Comment: "fourth" }), "ConflictException");
  });

  it("lets the owner of a revoked revision delete its assets and change the comment", async () => {
    const ids = await service.createFinalizedRevision({ a: "1", b: "2" });
    const [asset] = await service.listAssets(ids);
    const revoke = (RevocationComment: string) =>
      service.call("RevokeRevision", { ...ids, RevocationComment });
    const first = await revoke("The prices were wrong.");
    await service.call("DeleteAsset", { ...ids, AssetId: asset!.Id });
    expect(await service.listAssets(ids)).to.have.length(1);
    const second = await revoke("The prices were old.");
    expect(second).to.include({ Revoked: true, RevocationComment: "The prices were old." });
    expect(second.RevokedAt).to.deep.equal(first.RevokedAt);
  });

  it("fails an import if its revision is finalized or deleted before the job ends", async () => {
    const Bucket = await service.createBucket("racing", { more: "m" });
    for (const change of ["finalize", "delete"] as const) {
      const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
      const AssetSources = [{ Bucket, Key: "more" }];
      const id = await service.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
      if (change === "finalize") await service.finalize(ids);
      else await service.call("DeleteRevision", ids);
      const resource = { ResourceId: ids.RevisionId, ResourceType: "REVISION" };
      expect(await service.jobError(id)).to.include(resource);
      if (change === "finalize") expect(await service.listAssets(ids)).to.have.length(assets.length);
    }
  });

  it("lists an asset by its new name after UpdateAsset, and not after DeleteAsset", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1", b: "2", c: "3" });
    const names = async () => (await service.listAssets(ids)).map(({ Name }) => Name);
    const AssetId = assets.find(({ Name }) => Name === "c")!.Id;
    await service.call("UpdateAsset", { ...ids, AssetId, Name: "aa" });
    expect(await names()).to.deep.equal(["b", "aa", "a"]);
    await service.call("DeleteAsset", { ...ids, AssetId });
    await rejection(service.call("GetAsset", { ...ids, AssetId }), "ResourceNotFoundException");
    expect(await names()).to.deep.equal(["b", "a"]);
  });
});
