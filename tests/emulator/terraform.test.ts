/**
 * What the acceptance tests of Terraform's AWS provider (internal/service/dataexchange), which run at AWS, assert of the
 * service. What they assert of assets' names and ARNs is in documented-assets.test.ts.
 */
import type { EventActionEntry } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { EmulatorService, jobRequest, md5Of, rejection } from "./support";

const account = "111111111111";
const arnOf = (path: string) => new RegExp(`^arn:aws:dataexchange:us-east-1:${account}:${path}$`);

describe("emulator: what Terraform's acceptance tests assert", () => {
  let service: EmulatorService;
  beforeEach(async () => {
    service = await EmulatorService.start({ accountId: account });
  });
  afterEach(() => service.stop());

  const gone = async (...calls: (() => Promise<unknown>)[]) => {
    for (const call of calls) await rejection(call(), "ResourceNotFoundException");
  };

  it("data_set_test.go: names, tags, ARN, and a second deletion", async () => {
    const made = await service.call("CreateDataSet", {
      AssetType: "S3_SNAPSHOT",
      Name: "n",
      Description: "n",
    });
    const DataSetId = made.Id;
    const get = () => service.call("GetDataSet", { DataSetId });
    expect((await get()).Arn).to.match(arnOf("data-sets/.+"));
    expect((await get()).Tags ?? {}).to.deep.equal({});
    await service.call("UpdateDataSet", { DataSetId, Name: "m", Description: "m" });
    expect(await get()).to.include({ Name: "m", Description: "m" });
    const ResourceArn = made.Arn;
    await service.call("TagResource", { ResourceArn, Tags: { key1: "value1", key2: "value2" } });
    await service.call("UntagResource", { ResourceArn, TagKeys: ["key1"] });
    expect((await get()).Tags).to.deep.equal({ key2: "value2" });
    const remove = () => service.call("DeleteDataSet", { DataSetId });
    await remove();
    await gone(get, remove);
  });

  it("revision_test.go: a revision goes by itself, or with its data set", async () => {
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const ids = { DataSetId, RevisionId };
    const get = () => service.call("GetRevision", ids);
    expect((await get()).Arn).to.match(arnOf(`data-sets/${DataSetId}/revisions/${RevisionId}`));
    const remove = () => service.call("DeleteRevision", ids);
    await remove();
    await gone(get, remove);
    const { Id } = await service.call("CreateRevision", { DataSetId, Tags: { k: "v" } });
    await service.call("DeleteDataSet", { DataSetId });
    await gone(
      () => service.call("GetRevision", { DataSetId, RevisionId: Id }),
      () => service.call("DeleteRevision", { DataSetId, RevisionId: Id }),
    );
  });

  it("revision_assets_test.go: finalized revisions are not deleted, others are with their assets", async () => {
    const { DataSetId, RevisionId } = await service.createFilledRevision({ "test-0": "0", "test-1": "1" });
    const ids = { DataSetId, RevisionId };
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.deep.equal(["test-1", "test-0"]);
    const finalize = (Finalized: boolean) => service.call("UpdateRevision", { ...ids, Finalized });
    await finalize(true);
    await rejection(service.call("DeleteRevision", ids));
    expect((await finalize(false)).Finalized).to.equal(false);
    await service.call("DeleteRevision", ids);
    await gone(() => service.listAssets(ids));
  });

  it("revision_assets_test.go: an upload is named as asked for, and its PUT answers nothing", async () => {
    const ids = await service.createRevisionIds();
    const AssetName = "./test-fixtures/data.json";
    const job = await service.call(
      "CreateJob",
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName, Md5Hash: md5Of("{}") }),
    );
    expect(job.Errors).to.equal(undefined);
    const headers = { "Content-MD5": md5Of("{}"), "Terraform-Version": "1.9.0" };
    const url = job.Details!.ImportAssetFromSignedUrl!.SignedUrl!;
    expect(await (await fetch(url, { method: "PUT", body: "{}", headers })).text()).to.equal("");
    expect((await service.finishJob(job.Id!)).State).to.equal("COMPLETED");
    expect((await service.listAssets(ids)).map(({ Name }) => Name)).to.deep.equal([AssetName]);
  });

  it("event_action_test.go: encryption, update, ARN, and a second deletion", async () => {
    const publisher = service.connect("us-east-1", "222222222222");
    const { DataSetId: SourceDataSetId } = await service.createRevisionIds("S3_SNAPSHOT", publisher);
    const { Arn } = await service.call(
      "CreateDataGrant",
      {
        ...{ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal: account, SourceDataSetId },
      },
      publisher,
    );
    await service.call("AcceptDataGrant", { DataGrantArn: Arn });
    const { DataSets } = await service.call("ListDataSets", { Origin: "ENTITLED" });
    const Event = { RevisionPublished: { DataSetId: DataSets![0]!.Id } };
    const RevisionDestination = {
      Bucket: await service.createWritableBucket("future"),
      KeyPattern: "${Revision.CreatedAt}/${Asset.Name}",
    };
    const { Id: EventActionId } = await service.call("CreateEventAction", {
      Action: { ExportRevisionToS3: { RevisionDestination } },
      Event,
    });
    const get = () => service.call("GetEventAction", { EventActionId }) as Promise<EventActionEntry>;
    expect(await get()).to.deep.include({ Event, Action: { ExportRevisionToS3: { RevisionDestination } } });
    expect((await get()).Arn).to.match(arnOf(`event-actions/${EventActionId}`));
    const KmsKeyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    for (const Encryption of [{ Type: "AES256" }, { Type: "aws:kms", KmsKeyArn }] as const) {
      const Action = { ExportRevisionToS3: { RevisionDestination, Encryption } };
      await service.call("UpdateEventAction", { EventActionId, Action });
      expect((await get()).Action).to.deep.equal(Action);
    }
    const remove = () => service.call("DeleteEventAction", { EventActionId });
    await remove();
    await gone(get, remove);
  });

  it("job_test.go: a job waits for its start, with the details that it was given", async () => {
    const Bucket = await service.createBucket("source", { test: "test" });
    const details = { ...(await service.createRevisionIds()), AssetSources: [{ Bucket, Key: "test" }] };
    const Details = { ImportAssetsFromS3: details };
    const { Id: JobId } = await service.call("CreateJob", { Type: "IMPORT_ASSETS_FROM_S3", Details });
    const job = await service.call("GetJob", { JobId });
    expect(job).to.deep.include({ State: "WAITING", Details });
    expect(job.Arn).to.match(arnOf("jobs/.+"));
    await service.call("StartJob", { JobId });
    expect((await service.call("GetJob", { JobId })).State).not.to.equal("WAITING");
  });

  it("job_test.go: exports of a revision that is not finalized bring the bytes", async () => {
    const { DataSetId, RevisionId, assets } = await service.createFilledRevision({ test: "test" });
    const Bucket = await service.createBucket("out");
    const AssetId = assets[0]!.Id!;
    const AssetDestinations = [{ AssetId, Bucket, Key: "test" }];
    const ids = { DataSetId, RevisionId };
    await service.runJob(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }));
    expect(await service.readObject(Bucket, "test")).to.equal("test");
    const { Details } = await service.runJob(jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }));
    const answer = await fetch(Details!.ExportAssetToSignedUrl!.SignedUrl!);
    expect(await answer.text()).to.equal("test");
  });
});
