/**
 * What the acceptance tests of Terraform's AWS provider (internal/service/dataexchange), which run at AWS, assert of the
 * service. What they assert of assets' names and ARNs is in documented-assets.test.ts.
 */
import type { DataExchangeClient, EventActionEntry } from "@aws-sdk/client-dataexchange";
import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  CreateDataSetCommand,
  CreateEventActionCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DeleteDataSetCommand,
  DeleteEventActionCommand,
  DeleteRevisionCommand,
  GetDataSetCommand,
  GetEventActionCommand,
  GetJobCommand,
  GetRevisionCommand,
  ListDataSetsCommand,
  ResourceNotFoundException,
  StartJobCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDataSetCommand,
  UpdateEventActionCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { md5Of, Rig, thrownBy } from "./support";

const account = "111111111111";
const arnOf = (path: string) => new RegExp(`^arn:aws:dataexchange:us-east-1:${account}:${path}$`);

describe("emulator: what Terraform's acceptance tests assert", () => {
  let rig: Rig;
  let dx: DataExchangeClient;
  beforeEach(async () => {
    rig = await Rig.start({ accountId: account });
    dx = rig.dx;
  });
  afterEach(() => rig.stop());

  const gone = async (...calls: (() => Promise<unknown>)[]) => {
    for (const call of calls) await thrownBy(call(), ResourceNotFoundException);
  };

  it("data_set_test.go: names, tags, ARN, and a second deletion", async () => {
    const made = await dx.send(
      new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "n" }),
    );
    const DataSetId = made.Id;
    const get = () => dx.send(new GetDataSetCommand({ DataSetId }));
    expect((await get()).Arn).to.match(arnOf("data-sets/.+"));
    expect((await get()).Tags ?? {}).to.deep.equal({});
    await dx.send(new UpdateDataSetCommand({ DataSetId, Name: "m", Description: "m" }));
    expect(await get()).to.include({ Name: "m", Description: "m" });
    const ResourceArn = made.Arn;
    await dx.send(new TagResourceCommand({ ResourceArn, Tags: { key1: "value1", key2: "value2" } }));
    await dx.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["key1"] }));
    expect((await get()).Tags).to.deep.equal({ key2: "value2" });
    const remove = () => dx.send(new DeleteDataSetCommand({ DataSetId }));
    await remove();
    await gone(get, remove);
  });

  it("revision_test.go: a revision goes by itself, or with its data set", async () => {
    const { DataSetId, RevisionId } = await rig.revision();
    const ids = { DataSetId, RevisionId };
    const get = () => dx.send(new GetRevisionCommand(ids));
    expect((await get()).Arn).to.match(arnOf(`data-sets/${DataSetId}/revisions/${RevisionId}`));
    const remove = () => dx.send(new DeleteRevisionCommand(ids));
    await remove();
    await gone(get, remove);
    const { Id } = await dx.send(new CreateRevisionCommand({ DataSetId, Tags: { k: "v" } }));
    await dx.send(new DeleteDataSetCommand({ DataSetId }));
    await gone(
      () => dx.send(new GetRevisionCommand({ DataSetId, RevisionId: Id })),
      () => dx.send(new DeleteRevisionCommand({ DataSetId, RevisionId: Id })),
    );
  });

  it("revision_assets_test.go: finalized revisions are not deleted, others are with their assets", async () => {
    const { DataSetId, RevisionId } = await rig.filledRevision({ "test-0": "0", "test-1": "1" });
    const ids = { DataSetId, RevisionId };
    expect((await rig.assets(ids)).map(({ Name }) => Name)).to.deep.equal(["test-1", "test-0"]);
    const finalize = (Finalized: boolean) => dx.send(new UpdateRevisionCommand({ ...ids, Finalized }));
    await finalize(true);
    await thrownBy(dx.send(new DeleteRevisionCommand(ids)), Error);
    expect((await finalize(false)).Finalized).to.equal(false);
    await dx.send(new DeleteRevisionCommand(ids));
    await gone(() => rig.assets(ids));
  });

  it("revision_assets_test.go: an upload is named as asked for, and its PUT answers nothing", async () => {
    const ids = await rig.revision();
    const AssetName = "./test-fixtures/data.json";
    const Details = { ImportAssetFromSignedUrl: { ...ids, AssetName, Md5Hash: md5Of("{}") } };
    const job = await dx.send(new CreateJobCommand({ Type: "IMPORT_ASSET_FROM_SIGNED_URL", Details }));
    expect(job.Errors).to.equal(undefined);
    const headers = { "Content-MD5": md5Of("{}"), "Terraform-Version": "1.9.0" };
    const url = job.Details!.ImportAssetFromSignedUrl!.SignedUrl!;
    expect(await (await fetch(url, { method: "PUT", body: "{}", headers })).text()).to.equal("");
    expect((await rig.finish(job.Id!)).State).to.equal("COMPLETED");
    expect((await rig.assets(ids)).map(({ Name }) => Name)).to.deep.equal([AssetName]);
  });

  it("event_action_test.go: encryption, update, ARN, and a second deletion", async () => {
    const publisher = rig.clientOf("us-east-1", "222222222222");
    const { DataSetId: SourceDataSetId } = await rig.revision("S3_SNAPSHOT", publisher);
    const { Arn } = await publisher.send(
      new CreateDataGrantCommand({
        ...{ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal: account, SourceDataSetId },
      }),
    );
    await dx.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    const { DataSets } = await dx.send(new ListDataSetsCommand({ Origin: "ENTITLED" }));
    const Event = { RevisionPublished: { DataSetId: DataSets![0]!.Id } };
    const RevisionDestination = {
      Bucket: await rig.openBucket("future"),
      KeyPattern: "${Revision.CreatedAt}/${Asset.Name}",
    };
    const { Id: EventActionId } = await dx.send(
      new CreateEventActionCommand({ Action: { ExportRevisionToS3: { RevisionDestination } }, Event }),
    );
    const get = () => dx.send(new GetEventActionCommand({ EventActionId })) as Promise<EventActionEntry>;
    expect(await get()).to.deep.include({ Event, Action: { ExportRevisionToS3: { RevisionDestination } } });
    expect((await get()).Arn).to.match(arnOf(`event-actions/${EventActionId}`));
    const KmsKeyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    for (const Encryption of [{ Type: "AES256" }, { Type: "aws:kms", KmsKeyArn }] as const) {
      const Action = { ExportRevisionToS3: { RevisionDestination, Encryption } };
      await dx.send(new UpdateEventActionCommand({ EventActionId, Action }));
      expect((await get()).Action).to.deep.equal(Action);
    }
    const remove = () => dx.send(new DeleteEventActionCommand({ EventActionId }));
    await remove();
    await gone(get, remove);
  });

  it("job_test.go: a job waits for its start, with the details that it was given", async () => {
    const Bucket = await rig.bucket("source", { test: "test" });
    const details = { ...(await rig.revision()), AssetSources: [{ Bucket, Key: "test" }] };
    const Details = { ImportAssetsFromS3: details };
    const { Id: JobId } = await dx.send(new CreateJobCommand({ Type: "IMPORT_ASSETS_FROM_S3", Details }));
    const job = await dx.send(new GetJobCommand({ JobId }));
    expect(job).to.deep.include({ State: "WAITING", Details });
    expect(job.Arn).to.match(arnOf("jobs/.+"));
    await dx.send(new StartJobCommand({ JobId }));
    expect((await dx.send(new GetJobCommand({ JobId }))).State).not.to.equal("WAITING");
  });

  it("job_test.go: exports of a revision that is not finalized bring the bytes", async () => {
    const { DataSetId, RevisionId, assets } = await rig.filledRevision({ test: "test" });
    const Bucket = await rig.bucket("out");
    const AssetId = assets[0]!.Id!;
    const AssetDestinations = [{ AssetId, Bucket, Key: "test" }];
    const ids = { DataSetId, RevisionId };
    await rig.run({
      Type: "EXPORT_ASSETS_TO_S3",
      Details: { ExportAssetsToS3: { ...ids, AssetDestinations } },
    });
    expect(await rig.textOf(Bucket, "test")).to.equal("test");
    const { Details } = await rig.run({
      Type: "EXPORT_ASSET_TO_SIGNED_URL",
      Details: { ExportAssetToSignedUrl: { ...ids, AssetId } },
    });
    const answer = await fetch(Details!.ExportAssetToSignedUrl!.SignedUrl!);
    expect(await answer.text()).to.equal("test");
  });
});
