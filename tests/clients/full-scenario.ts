/** The same walk through the whole service for every client: all operations, all job types, and a subscriber. */
import { randomBytes } from "node:crypto";
import type { AssetType } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { LocalDataExchange } from "../../emulator/index";
import { operationNames } from "../../service-model/operations/index";
import { jobTypes } from "../../service-model/job-types/index";
import type { SdkInput as Input } from "../emulator/support";
import type { Client, Output } from "./client";
import { fetched, md5, refusal, sha256, upload } from "./client";

export interface Walkers {
  readonly local: LocalDataExchange;
  /** Of account 111111111111. */
  readonly owner: Client;
  /** Of account 222222222222. */
  readonly subscriber: Client;
}

interface Place {
  readonly DataSetId: string;
  readonly RevisionId: string;
}

type Job = Output<"GetJob">;
type Details = NonNullable<Input<"CreateJob">["Details"]>;

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** So that a notification can be sent, and an event action be made without a policy of its bucket. */
export const forTheWalk = { marketplace: true, requireBucketPolicy: false };

/** Defines the tests; `walkers` answers once a hook before them has made what it answers. */
export function walksThrough(walkers: () => Walkers): void {
  const owner = (): Client => walkers().owner;
  const subscriber = (): Client => walkers().subscriber;
  const files = {
    "one/å b+c.csv": new Uint8Array(randomBytes(70_000)),
    "two.bin": new Uint8Array(randomBytes(5)),
  };
  const uploaded = new Uint8Array(randomBytes(30_000));
  let snapshots: Place;

  async function place(type: AssetType): Promise<Place> {
    const { Id: DataSetId } = await owner().ask("CreateDataSet", {
      AssetType: type,
      Name: `prices of ${type}`,
      Description: "daily",
    });
    const { Id: RevisionId } = await owner().ask("CreateRevision", { DataSetId });
    return { DataSetId, RevisionId };
  }

  /** Creates a job, uploads what it wants, starts it and waits until it is done. */
  async function run(
    client: Client,
    Type: Input<"CreateJob">["Type"],
    details: Details,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Job> {
    const made = await client.ask("CreateJob", { Type, Details: details });
    expect(made.State).to.equal("WAITING");
    const { ImportAssetFromSignedUrl: file, ImportAssetFromApiGatewayApi: api } = made.Details;
    if (body) await upload(file?.SignedUrl ?? api?.ApiSpecificationUploadUrl, body);
    await client.ask("StartJob", { JobId: made.Id });
    for (;;) {
      const job = await client.ask("GetJob", { JobId: made.Id });
      if (job.State === "COMPLETED") return job;
      expect(job.State, JSON.stringify(job.Errors)).to.equal("IN_PROGRESS");
    }
  }

  const assetsOf = async (client: Client, where: Place) =>
    (await client.ask("ListRevisionAssets", where)).Assets;

  async function importFiles(where: Place, Bucket: string, keys: readonly string[]): Promise<void> {
    const AssetSources = keys.map((Key) => ({ Bucket, Key }));
    await run(owner(), "IMPORT_ASSETS_FROM_S3", { ImportAssetsFromS3: { ...where, AssetSources } });
  }

  before(async () => {
    await Promise.all([
      ...["source", "target"].map((bucket) => owner().makeBucket(bucket)),
      subscriber().makeBucket("subscribed"),
    ]);
    const puts = Object.entries(files).map(([key, content]) => owner().put("source", key, content));
    [snapshots] = await Promise.all([place("S3_SNAPSHOT"), ...puts]);
  });

  it("keeps data sets, revisions and their tags", async () => {
    const { ask } = owner();
    const Tags = { "team é": "a=b + c", plain: "" };
    const set = await ask("CreateDataSet", {
      AssetType: "S3_SNAPSHOT",
      Name: 'the "daily" é',
      Description: "old",
      Tags,
    });
    expect(set.Arn).to.equal(`arn:aws:dataexchange:us-east-1:111111111111:data-sets/${set.Id}`);
    expect(set.Tags).to.deep.equal(Tags);
    const DataSetId = set.Id;
    await ask("UpdateDataSet", { DataSetId, Description: "new" });
    const [seen, all, revision] = await Promise.all([
      ask("GetDataSet", { DataSetId }),
      ask("ListDataSets", { Origin: "OWNED", MaxResults: 200 }),
      ask("CreateRevision", { DataSetId, Comment: "first", Tags: { "k/1": "v 1" } }),
    ]);
    expect(seen).to.include({ Name: 'the "daily" é', Description: "new", Origin: "OWNED" });
    expect(all.DataSets.map(({ Id }) => Id)).to.include(DataSetId);

    const RevisionId = revision.Id;
    const ResourceArn = revision.Arn;
    await Promise.all([
      ask("UpdateRevision", { DataSetId, RevisionId, Comment: "changed" }),
      ask("TagResource", { ResourceArn, Tags: { "x y:z=ü+": "1", gone: "2" } }),
    ]);
    await ask("UntagResource", { ResourceArn, TagKeys: ["gone", "k/1"] });
    const [kept, tags, listed] = await Promise.all([
      ask("GetRevision", { DataSetId, RevisionId }),
      ask("ListTagsForResource", { ResourceArn }),
      ask("ListDataSetRevisions", { DataSetId }),
    ]);
    expect(kept).to.include({ Comment: "changed", Finalized: false });
    expect(tags.Tags).to.deep.equal({ "x y:z=ü+": "1" });
    expect(listed.Revisions.map(({ Id }) => Id)).to.deep.equal([RevisionId]);

    await ask("DeleteRevision", { DataSetId, RevisionId });
    expect(await refusal(ask("GetRevision", { DataSetId, RevisionId }))).to.equal(
      "ResourceNotFoundException",
    );
    await ask("DeleteDataSet", { DataSetId });
    expect(await refusal(ask("GetDataSet", { DataSetId }))).to.equal("ResourceNotFoundException");
  });

  it("takes files in, from S3 and by a signed URL", async () => {
    await importFiles(snapshots, "source", Object.keys(files));
    const job = await run(
      owner(),
      "IMPORT_ASSET_FROM_SIGNED_URL",
      { ImportAssetFromSignedUrl: { ...snapshots, AssetName: "upload.bin", Md5Hash: md5(uploaded) } },
      uploaded,
    );
    expect(job.Details.ImportAssetFromSignedUrl).to.include({ AssetName: "upload.bin" });
    const assets = await assetsOf(owner(), snapshots);
    expect(assets.map(({ Name }) => Name)).to.have.members([...Object.keys(files), "upload.bin"]);
  });

  it("gives files out byte for byte, by asset, by signed URL and by revision", async () => {
    const assets = await assetsOf(owner(), snapshots);
    const contents = new Map(Object.entries({ ...files, "upload.bin": uploaded }));
    const { RevisionId } = snapshots;
    const AssetDestinations = assets.map(({ Id, Name }) => ({
      AssetId: Id,
      Bucket: "target",
      Key: `asset/${Name}`,
    }));
    const RevisionDestinations = [
      { RevisionId, Bucket: "target", KeyPattern: "of/${Revision.Id}/${Asset.Name}" },
    ];
    const own = assets.find(({ Name }) => Name === "upload.bin")!;
    const [, , signed] = await Promise.all([
      run(owner(), "EXPORT_ASSETS_TO_S3", { ExportAssetsToS3: { ...snapshots, AssetDestinations } }),
      run(owner(), "EXPORT_REVISIONS_TO_S3", {
        ExportRevisionsToS3: {
          DataSetId: snapshots.DataSetId,
          RevisionDestinations,
          Encryption: { Type: "AES256" },
        },
      }),
      run(owner(), "EXPORT_ASSET_TO_SIGNED_URL", {
        ExportAssetToSignedUrl: { ...snapshots, AssetId: own.Id },
      }),
    ]);
    expect(sha256(await fetched(signed.Details.ExportAssetToSignedUrl?.SignedUrl))).to.equal(
      sha256(uploaded),
    );
    const keys = [...contents.keys()];
    expect(keys).to.have.length(3);
    await Promise.all(
      keys.flatMap((name) =>
        [`asset/${name}`, `of/${RevisionId}/${name}`].map(async (key) =>
          expect(sha256(await owner().get("target", key)), key).to.equal(sha256(contents.get(name)!)),
        ),
      ),
    );
  });

  it("takes an API in and calls it", async () => {
    const where = await place("API_GATEWAY_API");
    const specification = bytes(
      JSON.stringify({ openapi: "3.0.1", info: { title: "prices", version: "1" }, paths: {} }),
    );
    await run(
      owner(),
      "IMPORT_ASSET_FROM_API_GATEWAY_API",
      {
        ImportAssetFromApiGatewayApi: {
          ...where,
          ApiId: "abc123",
          ApiName: "prices",
          ApiSpecificationMd5Hash: md5(specification),
          ProtocolType: "REST",
          Stage: "prod",
        },
      },
      specification,
    );
    const [{ Id: AssetId } = expect.fail("no asset")] = await assetsOf(owner(), where);
    const [asset, called] = await Promise.all([
      owner().ask("GetAsset", { ...where, AssetId: AssetId! }),
      owner().ask("SendApiAsset", {
        ...where,
        AssetId: AssetId!,
        Method: "PUT",
        Path: "/daily/a b",
        RequestHeaders: { "x-currency": "EUR" },
        QueryStringParameters: { "from day": "1&2=ü" },
        Body: '{"price":1}',
      }),
    ]);
    const api = asset.AssetDetails.ApiGatewayApiAsset;
    expect(api).to.include({ ApiId: "abc123", ApiName: "prices", Stage: "prod", ProtocolType: "REST" });
    expect(sha256(await fetched(api?.ApiSpecificationDownloadUrl))).to.equal(sha256(specification));
    const { headers, ...call } = JSON.parse(called.Body) as { headers: Record<string, string> };
    expect(headers).to.include({ "x-currency": "EUR", "x-amz-source-account": "111111111111" });
    expect(call).to.deep.equal({
      api: "prices",
      stage: "prod",
      method: "PUT",
      path: "/daily/a b",
      query: { "from day": "1&2=ü" },
      body: '{"price":1}',
    });
  });

  it("takes in what is shared in place: datashares, permissions and buckets", async () => {
    const DataShareArn =
      "arn:aws:redshift:us-east-1:111111111111:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const policy = {
      CatalogId: "111111111111",
      RoleArn: "arn:aws:iam::111111111111:role/grants",
      Table: {
        Expression: [{ TagKey: "share", TagValues: ["yes"] }],
        Permissions: ["DESCRIBE" as const, "SELECT" as const],
      },
    };
    const detailsOf = async (type: AssetType, job: (where: Place) => Promise<Job>) => {
      const where = await place(type);
      await job(where);
      const [asset] = await assetsOf(owner(), where);
      return asset!.AssetDetails!;
    };
    const [shares, permissions, accesses] = await Promise.all([
      detailsOf("REDSHIFT_DATA_SHARE", (where) =>
        run(owner(), "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES", {
          ImportAssetsFromRedshiftDataShares: { ...where, AssetSources: [{ DataShareArn }] },
        }),
      ),
      detailsOf("LAKE_FORMATION_DATA_PERMISSION", (where) =>
        run(owner(), "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY", {
          ImportAssetsFromLakeFormationTagPolicy: { ...where, ...policy },
        }),
      ),
      detailsOf("S3_DATA_ACCESS", (where) =>
        run(owner(), "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET", {
          CreateS3DataAccessFromS3Bucket: {
            ...where,
            AssetSource: { Bucket: "source", KeyPrefixes: ["one/"] },
          },
        }),
      ),
    ]);
    expect(shares.RedshiftDataShareAsset).to.deep.equal({ Arn: DataShareArn });
    expect(permissions.LakeFormationDataPermissionAsset).to.deep.include({
      LakeFormationDataPermissionDetails: {
        LFTagPolicy: {
          CatalogId: policy.CatalogId,
          ResourceType: "TABLE",
          ResourceDetails: { Table: { Expression: policy.Table.Expression } },
        },
      },
      Permissions: policy.Table.Permissions,
      RoleArn: policy.RoleArn,
    });
    expect(accesses.S3DataAccessAsset).to.deep.include({ Bucket: "source", KeyPrefixes: ["one/"] });
  });

  it("keeps assets and jobs", async () => {
    const { ask } = owner();
    const where = await place("S3_SNAPSHOT");
    await importFiles(where, "source", ["two.bin"]);
    const [{ Id } = expect.fail("no asset")] = await assetsOf(owner(), where);
    const asset = { ...where, AssetId: Id! };
    await ask("UpdateAsset", { ...asset, Name: "renamed é" });
    expect(await ask("GetAsset", asset)).to.deep.include({
      Name: "renamed é",
      AssetDetails: { S3SnapshotAsset: { Size: 5 } },
    });
    await ask("DeleteAsset", asset);
    expect(await refusal(ask("GetAsset", asset))).to.equal("ResourceNotFoundException");

    const AssetSources = [{ Bucket: "source", Key: "two.bin" }];
    const { Id: JobId } = await ask("CreateJob", {
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...where, AssetSources } },
    });
    await ask("CancelJob", { JobId });
    const { Jobs } = await ask("ListJobs", where);
    const states = Jobs.map((job) => [job.Type, job.State]);
    expect(states).to.deep.equal([
      ["IMPORT_ASSETS_FROM_S3", "CANCELLED"],
      ["IMPORT_ASSETS_FROM_S3", "COMPLETED"],
    ]);
    expect(await refusal(ask("StartJob", { JobId }))).to.equal("ConflictException");
    await ask("SendDataSetNotification", {
      DataSetId: where.DataSetId,
      Type: "DATA_DELAY",
      Comment: "tomorrow",
      ClientToken: "once-1",
    });
  });

  it("shares a data set with a subscriber, until it is taken back", async () => {
    const owned = await place("S3_SNAPSHOT");
    const { DataSetId } = owned;
    const publish = async ({ RevisionId }: Place, key: string) => {
      await importFiles({ DataSetId, RevisionId }, "source", [key]);
      const done = await owner().ask("UpdateRevision", { DataSetId, RevisionId, Finalized: true });
      expect(done.Finalized).to.equal(true);
    };
    await publish(owned, "one/å b+c.csv");

    const given = await owner().ask("CreateDataGrant", {
      Name: "for the second account",
      GrantDistributionScope: "NONE",
      ReceiverPrincipal: "222222222222",
      SourceDataSetId: DataSetId,
      Tags: { for: "test" },
    });
    const DataGrantArn = given.Arn;
    const [seen, all, pending, both] = await Promise.all([
      owner().ask("GetDataGrant", { DataGrantId: given.Id }),
      owner().ask("ListDataGrants", {}),
      subscriber().ask("GetReceivedDataGrant", { DataGrantArn }),
      subscriber().ask("ListReceivedDataGrants", {
        AcceptanceState: ["ACCEPTED", "PENDING_RECEIVER_ACCEPTANCE"],
      }),
    ]);
    expect(seen).to.include({ SourceDataSetId: DataSetId, SenderPrincipal: "111111111111" });
    expect(all.DataGrantSummaries.map(({ Id }) => Id)).to.deep.equal([given.Id]);
    expect(pending.AcceptanceState).to.equal("PENDING_RECEIVER_ACCEPTANCE");
    expect(both.DataGrantSummaries.map(({ Arn }) => Arn)).to.deep.equal([DataGrantArn]);
    const accepted = await subscriber().ask("AcceptDataGrant", { DataGrantArn });
    expect(accepted.AcceptanceState).to.equal("ACCEPTED");

    const entitled = { DataSetId: accepted.DataSetId };
    const [{ DataSets }, { Revisions }] = await Promise.all([
      subscriber().ask("ListDataSets", { Origin: "ENTITLED" }),
      subscriber().ask("ListDataSetRevisions", entitled),
    ]);
    expect(DataSets).to.have.length(1);
    expect(DataSets[0]).to.include({ Id: entitled.DataSetId, Origin: "ENTITLED" });
    expect(Revisions).to.have.length(1);
    const first = { ...entitled, RevisionId: Revisions[0]!.Id! };
    const exportFirst = () =>
      run(subscriber(), "EXPORT_REVISIONS_TO_S3", {
        ExportRevisionsToS3: {
          ...entitled,
          RevisionDestinations: [{ RevisionId: first.RevisionId, Bucket: "subscribed" }],
        },
      });
    await exportFirst();
    expect(sha256(await subscriber().get("subscribed", "one/å b+c.csv"))).to.equal(
      sha256(files["one/å b+c.csv"]),
    );
    const changes = [
      subscriber().ask("UpdateDataSet", { ...entitled, Name: "mine" }),
      subscriber().ask("CreateRevision", entitled),
      subscriber().ask("DeleteRevision", first),
    ];
    for (const name of await Promise.all(changes.map(refusal))) {
      expect(name).to.equal("AccessDeniedException");
    }

    const action = (KeyPattern: string) => ({
      ExportRevisionToS3: { RevisionDestination: { Bucket: "subscribed", KeyPattern } },
    });
    const { Id: EventActionId } = await subscriber().ask("CreateEventAction", {
      Action: action("first/${Asset.Name}"),
      Event: { RevisionPublished: entitled },
    });
    await subscriber().ask("UpdateEventAction", { EventActionId, Action: action("auto/${Asset.Name}") });
    const [actionSeen, actions, { Id: secondId }] = await Promise.all([
      subscriber().ask("GetEventAction", { EventActionId }),
      subscriber().ask("ListEventActions", { EventSourceId: entitled.DataSetId }),
      owner().ask("CreateRevision", { DataSetId }),
    ]);
    expect(actionSeen.Action).to.deep.equal(action("auto/${Asset.Name}"));
    expect(actions.EventActions.map(({ Id }) => Id)).to.deep.equal([EventActionId]);
    await publish({ DataSetId, RevisionId: secondId }, "two.bin");
    for (let done = false; !done;) {
      const { Jobs } = await subscriber().ask("ListJobs", entitled);
      done = Jobs.every(({ State }) => State === "COMPLETED") && Jobs.length === 2;
    }
    expect(sha256(await subscriber().get("subscribed", "auto/two.bin"))).to.equal(sha256(files["two.bin"]));
    await subscriber().ask("DeleteEventAction", { EventActionId });

    const revoked = await owner().ask("RevokeRevision", {
      ...owned,
      RevocationComment: "it held wrong prices",
    });
    expect(revoked).to.include({ Revoked: true, RevocationComment: "it held wrong prices" });
    expect((await subscriber().ask("GetRevision", first)).Revoked).to.equal(true);
    expect(await refusal(exportFirst())).to.equal("AccessDeniedException");

    await owner().ask("DeleteDataGrant", { DataGrantId: given.Id });
    expect(await refusal(subscriber().ask("GetDataSet", entitled))).to.equal("ResourceNotFoundException");
    expect((await subscriber().ask("ListDataSets", { Origin: "ENTITLED" })).DataSets).to.be.empty;
  });

  it("has asked for every operation, and run every job type", () => {
    const { local } = walkers();
    const asked = new Set(local.requests.filter(({ error }) => !error).map(({ operation }) => operation));
    const bodies = ["UploadBody", "DownloadBody"];
    expect([...asked]).to.have.members([...operationNames, ...bodies]);
    const run = local.jobs().filter(({ state }) => state === "COMPLETED");
    expect([...new Set(run.map(({ type }) => type))]).to.have.members(jobTypes.map(({ type }) => type));
  });
}
