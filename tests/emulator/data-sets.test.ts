import {
  CreateJobCommand,
  GetRevisionCommand,
  ListDataSetRevisionsCommand,
  paginateListDataSetRevisions,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "./support";
import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { sendAssetConfiguration } from "../../provider/aws/data-exchange";

describe("emulator: data sets, revisions and assets", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  it("keeps data sets until they are deleted with all that is in them", async () => {
    const given = { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags: { aB: "c" } } as const;
    const { Id: DataSetId, Arn, CreatedAt } = await service.call("CreateDataSet", given);
    expect(Arn).to.equal(`arn:aws:dataexchange:us-east-1:000000000000:data-sets/${DataSetId}`);
    const revision = await service.call("CreateRevision", { DataSetId });
    const shown = await service.call("GetDataSet", { DataSetId });
    expect(shown).to.deep.include({ ...given, Id: DataSetId, Arn, Origin: "OWNED", CreatedAt });

    service.local.clock.advance("1s");
    const updated = await service.call("UpdateDataSet", { DataSetId, Name: "new" });
    expect(updated).to.include({ Name: "new", Description: "d" });
    expect(updated.UpdatedAt!.getTime()).to.be.greaterThan(CreatedAt!.getTime());
    const { DataSets } = await service.call("ListDataSets", {});
    expect(DataSets![0]).to.include({ Id: DataSetId, Name: "new" });
    expect((await service.call("ListDataSets", { Origin: "ENTITLED" })).DataSets).to.be.empty;

    await service.call("DeleteDataSet", { DataSetId });
    await rejection(service.call("GetDataSet", { DataSetId }), "ResourceNotFoundException");
    const get = new GetRevisionCommand({ DataSetId, RevisionId: revision.Id });
    await rejection(service.dataExchange.send(get), "ResourceNotFoundException");
  });

  it("finalizes a revision only when it holds an asset, and then lets nothing change it", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
    const finalize = (Finalized: boolean, at = ids) => service.call("UpdateRevision", { ...at, Finalized });
    await rejection(finalize(true, await service.createRevisionIds()), "ValidationException");
    expect((await finalize(true)).Finalized).to.equal(true);

    const asset = { ...ids, AssetId: assets[0]!.Id };
    const conflict = await rejection(service.call("DeleteAsset", asset), "ConflictException");
    expect(conflict).to.include({ ResourceId: ids.RevisionId, ResourceType: "REVISION" });
    await rejection(service.call("UpdateAsset", { ...asset, Name: "x" }), "ConflictException");
    await rejection(service.call("DeleteRevision", ids), "ConflictException");
    const AssetSources = [{ Bucket: "b", Key: "k" }];
    const create = new CreateJobCommand(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
    await rejection(service.dataExchange.send(create), "ConflictException");

    expect((await finalize(false)).Finalized).to.equal(false);
    await service.call("DeleteRevision", ids);
    await rejection(service.call("GetRevision", ids), "ResourceNotFoundException");
  });

  it("fails an import whose revision was finalized or deleted before its end", async () => {
    for (const change of ["finalize", "delete"] as const) {
      const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
      const Bucket = await service.createBucket(`racing-${change}`, { more: "m" });
      const id = await service.createJob(
        jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [{ Bucket, Key: "more" }] }),
      );
      if (change === "finalize") await service.call("UpdateRevision", { ...ids, Finalized: true });
      else await service.call("DeleteRevision", ids);
      const job = await service.finishJob(id);
      expect(job.State).to.equal("ERROR");
      expect(job.Errors![0]).to.include({ ResourceId: ids.RevisionId, ResourceType: "REVISION" });
      if (change === "finalize") expect(await service.listAssets(ids)).to.have.length(assets.length);
    }
  });

  it("lists assets by name, last in the alphabet first, page by page, also after a rename", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1", b: "2", c: "3", d: "4" });
    const d = assets.find(({ Name }) => Name === "d")!;
    await service.call("UpdateAsset", { ...ids, AssetId: d.Id, Name: "aa" });
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await service.call("ListRevisionAssets", { ...ids, MaxResults: 3, NextToken });
      names.push(...page.Assets!.map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(names).to.deep.equal(["c", "b", "aa", "a"]);
    await service.call("DeleteAsset", { ...ids, AssetId: d.Id });
    await rejection(service.call("GetAsset", { ...ids, AssetId: d.Id }), "ResourceNotFoundException");
  });

  it("pages revisions newest first, and gives a page's token to no other list", async () => {
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const made = [RevisionId];
    for (let i = 0; i < 4; i += 1) made.push((await service.call("CreateRevision", { DataSetId })).Id!);
    const seen: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateListDataSetRevisions(
      { client: service.dataExchange, pageSize: 2 },
      { DataSetId },
    )) {
      seen.push(...page.Revisions!.map(({ Id }) => Id));
      pages += 1;
    }
    expect(seen).to.deep.equal(made.reverse());
    expect(pages).to.equal(3);

    const other = await service.createRevisionIds();
    const { NextToken } = await service.call("ListDataSetRevisions", { DataSetId, MaxResults: 1 });
    const foreign = new ListDataSetRevisionsCommand({ DataSetId: other.DataSetId, NextToken });
    await rejection(service.dataExchange.send(foreign), "ValidationException");
    await rejection(service.call("ListDataSets", { NextToken: "x" }), "ValidationException");
  });
});

const receiver = "222222222222";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, "v"]));

/** Source: AWS General Reference, tag naming limits and requirements. */
const wrong: [what: string, tags: Record<string, string>, says: RegExp][] = [
  ["a key that AWS keeps for itself", { "aws:owner": "me" }, /must not begin with aws:/],
  ["an empty key", { "": "v" }, /key of a tag must not be empty/],
  ["a key of 129 characters", { ["k".repeat(129)]: "v" }, /key of a tag must be at most 128 characters/],
  ["a value of 257 characters", { k: "v".repeat(257) }, /value of a tag must be at most 256 characters/],
  ["a character that no tag has", { k: "a;b" }, /value of a tag must hold/],
  ["51 tags", many(51), /takes at most 50/],
];
const right = [many(50), { ["ä".repeat(128)]: "ü".repeat(256) }, { "a.b:c/d=e+f-g@h i_j": "" }];

describe("emulator: tags", () => {
  let service: EmulatorService;
  let sub: DataExchangeClient;
  let ids: { DataSetId: string; RevisionId: string };
  let DataSetId: string;
  let ResourceArn: string;
  let entitled: string;

  before(async () => {
    service = await EmulatorService.start({ requireBucketPolicy: false });
    // The client does not know the member of CreateJob yet.
    sendAssetConfiguration(service.dataExchange);
    sub = service.connect("us-east-1", receiver);
    ids = await service.createRevisionIds();
    ({ DataSetId } = ids);
    ResourceArn = (await service.call("CreateRevision", { DataSetId })).Arn!;
    const given = await service.call("CreateDataGrant", grant({}));
    await service.call("AcceptDataGrant", { DataGrantArn: given.Arn }, sub);
    entitled = given.DataSetId!;
    await service.createBucket("future");
  });
  after(() => service.stop());

  const grant = (Tags: Record<string, string>) => ({
    ...({ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal: receiver } as const),
    ...{ SourceDataSetId: DataSetId, Tags },
  });

  /** Every operation that takes tags by a map. */
  const taking: Record<string, (Tags: Record<string, string>) => Promise<unknown>> = {
    CreateDataSet: (Tags) =>
      service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags }),
    CreateRevision: (Tags) => service.call("CreateRevision", { DataSetId, Tags }),
    CreateDataGrant: (Tags) => service.call("CreateDataGrant", grant(Tags)),
    CreateEventAction: (Tags) =>
      service.call(
        "CreateEventAction",
        {
          Event: { RevisionPublished: { DataSetId: entitled } },
          Action: { ExportRevisionToS3: { RevisionDestination: { Bucket: "future" } } },
          Tags,
        },
        sub,
      ),
    TagResource: (Tags) => service.call("TagResource", { ResourceArn, Tags }),
  };

  it("CreateJob refuses those that AWS does not take, and a key twice", async () => {
    const Bucket = "source";
    const create = (Tags: { Key: string; Value: string }[]) =>
      service.createJob({
        ...{ Type: "IMPORT_ASSETS_FROM_S3", AssetConfiguration: { Tags } },
        Details: { ImportAssetsFromS3: { ...ids, AssetSources: [{ Bucket, Key: "a" }] } },
      });
    const listed = (tags: Record<string, string>) =>
      Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const twice = ["1", "2"].map((Value) => ({ Key: "k", Value }));
    for (const tags of [...wrong.map(([, one]) => listed(one)), twice]) {
      await rejection(create(tags), "ValidationException");
    }
    for (const tags of right) expect(await create(listed(tags))).to.be.a("string");
  });

  for (const [operation, send] of Object.entries(taking)) {
    it(`${operation} refuses those that AWS does not take`, async () => {
      for (const [what, tags, says] of wrong) {
        const { message } = await rejection(send(tags), "ValidationException");
        expect(message, what).to.match(says);
      }
    });

    it(`${operation} takes those that AWS takes`, async () => {
      for (const tags of operation === "TagResource" ? right.slice(0, 1) : right) await send(tags);
    });
  }
});
