import {
  ConflictException,
  CreateDataSetCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DeleteAssetCommand,
  DeleteDataSetCommand,
  DeleteRevisionCommand,
  GetAssetCommand,
  GetDataSetCommand,
  GetRevisionCommand,
  ListDataSetRevisionsCommand,
  ListDataSetsCommand,
  ListRevisionAssetsCommand,
  paginateListDataSetRevisions,
  ResourceNotFoundException,
  UpdateAssetCommand,
  UpdateDataSetCommand,
  UpdateRevisionCommand,
  ValidationException,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { Rig, thrownBy } from "./support";

describe("emulator: data sets, revisions and assets", () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  it("keeps data sets until they are deleted with all that is in them", async () => {
    const given = { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags: { aB: "c" } } as const;
    const { Id: DataSetId, Arn, CreatedAt } = await rig.dx.send(new CreateDataSetCommand(given));
    expect(Arn).to.equal(`arn:aws:dataexchange:us-east-1:000000000000:data-sets/${DataSetId}`);
    const revision = await rig.dx.send(new CreateRevisionCommand({ DataSetId }));
    const shown = await rig.dx.send(new GetDataSetCommand({ DataSetId }));
    expect(shown).to.deep.include({ ...given, Id: DataSetId, Arn, Origin: "OWNED", CreatedAt });

    rig.local.clock.advance("1s");
    const updated = await rig.dx.send(new UpdateDataSetCommand({ DataSetId, Name: "new" }));
    expect(updated).to.include({ Name: "new", Description: "d" });
    expect(updated.UpdatedAt!.getTime()).to.be.greaterThan(CreatedAt!.getTime());
    const { DataSets } = await rig.dx.send(new ListDataSetsCommand({}));
    expect(DataSets![0]).to.include({ Id: DataSetId, Name: "new" });
    expect((await rig.dx.send(new ListDataSetsCommand({ Origin: "ENTITLED" }))).DataSets).to.be.empty;

    await rig.dx.send(new DeleteDataSetCommand({ DataSetId }));
    await thrownBy(rig.dx.send(new GetDataSetCommand({ DataSetId })), ResourceNotFoundException);
    const get = new GetRevisionCommand({ DataSetId, RevisionId: revision.Id });
    await thrownBy(rig.dx.send(get), ResourceNotFoundException);
  });

  it("finalizes a revision only when it holds an asset, and then lets nothing change it", async () => {
    const { assets, ...ids } = await rig.filledRevision({ k: "v" });
    const finalize = (Finalized: boolean, at = ids) =>
      rig.dx.send(new UpdateRevisionCommand({ ...at, Finalized }));
    await thrownBy(finalize(true, await rig.revision()), ValidationException);
    expect((await finalize(true)).Finalized).to.equal(true);

    const asset = { ...ids, AssetId: assets[0]!.Id };
    const conflict = await thrownBy(rig.dx.send(new DeleteAssetCommand(asset)), ConflictException);
    expect(conflict).to.include({ ResourceId: ids.RevisionId, ResourceType: "REVISION" });
    await thrownBy(rig.dx.send(new UpdateAssetCommand({ ...asset, Name: "x" })), ConflictException);
    await thrownBy(rig.dx.send(new DeleteRevisionCommand(ids)), ConflictException);
    const AssetSources = [{ Bucket: "b", Key: "k" }];
    const create = new CreateJobCommand({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...ids, AssetSources } },
    });
    await thrownBy(rig.dx.send(create), ConflictException);

    expect((await finalize(false)).Finalized).to.equal(false);
    await rig.dx.send(new DeleteRevisionCommand(ids));
    await thrownBy(rig.dx.send(new GetRevisionCommand(ids)), ResourceNotFoundException);
  });

  it("fails an import whose revision was finalized or deleted before its end", async () => {
    for (const change of ["finalize", "delete"] as const) {
      const { assets, ...ids } = await rig.filledRevision({ k: "v" });
      const Bucket = await rig.bucket(`racing-${change}`, { more: "m" });
      const id = await rig.create({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { ...ids, AssetSources: [{ Bucket, Key: "more" }] } },
      });
      if (change === "finalize") await rig.dx.send(new UpdateRevisionCommand({ ...ids, Finalized: true }));
      else await rig.dx.send(new DeleteRevisionCommand(ids));
      const job = await rig.finish(id);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]).to.include({ ResourceId: ids.RevisionId, ResourceType: "REVISION" });
      if (change === "finalize") expect(await rig.assets(ids)).to.have.length(assets.length);
    }
  });

  it("lists assets by name, last in the alphabet first, page by page, also after a rename", async () => {
    const { assets, ...ids } = await rig.filledRevision({ a: "1", b: "2", c: "3", d: "4" });
    const d = assets.find(({ Name }) => Name === "d")!;
    await rig.dx.send(new UpdateAssetCommand({ ...ids, AssetId: d.Id, Name: "aa" }));
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await rig.dx.send(new ListRevisionAssetsCommand({ ...ids, MaxResults: 3, NextToken }));
      names.push(...page.Assets!.map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(names).to.deep.equal(["c", "b", "aa", "a"]);
    await rig.dx.send(new DeleteAssetCommand({ ...ids, AssetId: d.Id }));
    await thrownBy(rig.dx.send(new GetAssetCommand({ ...ids, AssetId: d.Id })), ResourceNotFoundException);
  });

  it("pages revisions newest first, and gives a page's token to no other list", async () => {
    const { DataSetId, RevisionId } = await rig.revision();
    const made = [RevisionId];
    for (let i = 0; i < 4; i += 1)
      made.push((await rig.dx.send(new CreateRevisionCommand({ DataSetId }))).Id!);
    const seen: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateListDataSetRevisions({ client: rig.dx, pageSize: 2 }, { DataSetId })) {
      seen.push(...page.Revisions!.map(({ Id }) => Id));
      pages += 1;
    }
    expect(seen).to.deep.equal(made.reverse());
    expect(pages).to.equal(3);

    const other = await rig.revision();
    const { NextToken } = await rig.dx.send(new ListDataSetRevisionsCommand({ DataSetId, MaxResults: 1 }));
    const foreign = new ListDataSetRevisionsCommand({ DataSetId: other.DataSetId, NextToken });
    await thrownBy(rig.dx.send(foreign), ValidationException);
    await thrownBy(rig.dx.send(new ListDataSetsCommand({ NextToken: "x" })), ValidationException);
  });
});
