/** Scenarios in which a client calls every operation, runs every job type, and sends and receives bytes. */
import { randomBytes } from "node:crypto";
import type { AssetType, RequestDetails } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { jobTypes } from "../../service-model/job-types/index";
import { operationNames } from "../../service-model/operations/index";
import type { SdkIds } from "../harness/emulator-service";
import { jobRequest } from "../harness/emulator-service";
import type { Callers, Client, Output } from "./client";
import { download, md5, oddKey, errorNameOf, sha256, upload } from "./client";

const arnOf = (path: string) => `arn:aws:dataexchange:us-east-1:111111111111:${path}`;
const idsOf = (items: readonly { readonly Id?: string | undefined }[]) => items.map(({ Id }) => Id);
const notFound = "ResourceNotFoundException";

/** Defines the tests, which call `callers` after the earlier hooks have run. */
export function testScenarios(callers: () => Callers): void {
  const owner = (): Client => callers().owner;
  const subscriber = (): Client => callers().subscriber;
  const files = { [oddKey]: new Uint8Array(randomBytes(70_000)), "two.bin": new Uint8Array(randomBytes(5)) };
  const uploaded = new Uint8Array(randomBytes(30_000));

  const createRevision = async (AssetType: AssetType): Promise<SdkIds> => {
    const described = { Name: `prices of ${AssetType}`, Description: "daily" };
    const { Id: DataSetId } = await owner().send("CreateDataSet", { AssetType, ...described });
    const { Id: RevisionId } = await owner().send("CreateRevision", { DataSetId });
    return { DataSetId, RevisionId };
  };

  /** Creates a job, uploads its body if it has one, starts it and waits until it has completed. */
  async function run<K extends keyof RequestDetails>(
    key: K,
    details: Required<RequestDetails>[K],
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Output<"GetJob">> {
    const created = await owner().send("CreateJob", jobRequest(key, details));
    expect(created.State).to.equal("WAITING");
    const { ImportAssetFromSignedUrl: file, ImportAssetFromApiGatewayApi: api } = created.Details;
    if (body) await upload(file?.SignedUrl ?? api?.ApiSpecificationUploadUrl, body);
    await owner().send("StartJob", { JobId: created.Id });
    for (;;) {
      const job = await owner().send("GetJob", { JobId: created.Id });
      if (job.State === "COMPLETED") return job;
      expect(job.State, JSON.stringify(job.Errors)).to.equal("IN_PROGRESS");
    }
  }

  const listAssets = async (ids: SdkIds) => (await owner().send("ListRevisionAssets", ids)).Assets;

  const importObjects = (ids: SdkIds, ...keys: string[]) =>
    run("ImportAssetsFromS3", { ...ids, AssetSources: keys.map((Key) => ({ Bucket: "source", Key })) });

  before(async () => {
    for (const bucket of ["source", "target"]) await owner().makeBucket(bucket);
    await Promise.all(Object.entries(files).map(([key, bytes]) => owner().put("source", key, bytes)));
  });

  it("creates, updates, tags, lists and deletes data sets and revisions", async () => {
    const { send } = owner();
    const Tags = { "team é": "a=b + c", plain: "" };
    const described = { Name: 'the "daily" é', Description: "old" };
    const set = await send("CreateDataSet", { AssetType: "S3_SNAPSHOT", ...described, Tags });
    const DataSetId = set.Id;
    expect(set).to.deep.include({ Arn: arnOf(`data-sets/${DataSetId}`), Tags });
    const first = { DataSetId, Comment: "first", Tags: { "k/1": "v 1" } };
    const { Arn: ResourceArn, Id: RevisionId } = await send("CreateRevision", first);
    expect(ResourceArn).to.equal(`${set.Arn}/revisions/${RevisionId}`);
    await Promise.all([
      send("UpdateDataSet", { DataSetId, Description: "new" }),
      send("UpdateRevision", { DataSetId, RevisionId, Comment: "changed" }),
      send("TagResource", { ResourceArn, Tags: { "x y:z=ü+": "1", gone: "2" } }),
    ]);
    await send("UntagResource", { ResourceArn, TagKeys: ["gone", "k/1", "~ü+*'()!"] });
    const [seenSet, sets, seenRevision, revisions, tags] = await Promise.all([
      send("GetDataSet", { DataSetId }),
      send("ListDataSets", { Origin: "OWNED", MaxResults: 200 }),
      send("GetRevision", { DataSetId, RevisionId }),
      send("ListDataSetRevisions", { DataSetId }),
      send("ListTagsForResource", { ResourceArn }),
    ]);
    expect(seenSet).to.include({ Name: described.Name, Description: "new", Origin: "OWNED" });
    expect(idsOf(sets.DataSets)).to.include(DataSetId);
    expect(seenRevision).to.include({ Comment: "changed", Finalized: false });
    expect(idsOf(revisions.Revisions)).to.deep.equal([RevisionId]);
    expect(tags.Tags).to.deep.equal({ "x y:z=ü+": "1" });
    await send("DeleteRevision", { DataSetId, RevisionId });
    await send("DeleteDataSet", { DataSetId });
    expect(await errorNameOf(send("GetDataSet", { DataSetId }))).to.equal(notFound);
  });

  it("imports objects and an upload, and exports the same bytes in three ways", async () => {
    const ids = await createRevision("S3_SNAPSHOT");
    await importObjects(ids, ...Object.keys(files));
    const asset = { ...ids, AssetName: "upload é.bin", Md5Hash: md5(uploaded) };
    await run("ImportAssetFromSignedUrl", asset, uploaded);

    const contents: Record<string, Uint8Array> = { ...files, [asset.AssetName]: uploaded };
    const assets = await listAssets(ids);
    expect(assets.map(({ Name }) => Name)).to.have.members(Object.keys(contents));
    const Bucket = "target";
    const AssetDestinations = assets.map(({ Id, Name }) => ({ AssetId: Id, Bucket, Key: `asset/${Name}` }));
    const { DataSetId, RevisionId } = ids;
    const RevisionDestinations = [{ RevisionId, Bucket, KeyPattern: "of/${Revision.Id}/${Asset.Name}" }];
    const AssetId = assets.find(({ Name }) => Name === asset.AssetName)!.Id;
    const [, , signed] = await Promise.all([
      run("ExportAssetsToS3", { ...ids, AssetDestinations }),
      run("ExportRevisionsToS3", { DataSetId, RevisionDestinations, Encryption: { Type: "AES256" } }),
      run("ExportAssetToSignedUrl", { ...ids, AssetId }),
    ]);
    const exported = await download(signed.Details.ExportAssetToSignedUrl?.SignedUrl);
    expect(sha256(exported)).to.equal(sha256(uploaded));
    for (const [name, bytes] of Object.entries(contents)) {
      for (const key of [`asset/${name}`, `of/${RevisionId}/${name}`]) {
        expect(sha256(await owner().get(Bucket, key)), key).to.equal(sha256(bytes));
      }
    }
  });

  it("imports an API and calls it with headers, a query and a body", async () => {
    const ids = await createRevision("API_GATEWAY_API");
    const document = { openapi: "3.0.1", info: { title: "prices", version: "1" }, paths: {} };
    const specification = new TextEncoder().encode(JSON.stringify(document));
    const described = { ApiId: "abc123", ApiName: "prices", Stage: "prod", ProtocolType: "REST" } as const;
    const api = { ...ids, ...described, ApiSpecificationMd5Hash: md5(specification) };
    await run("ImportAssetFromApiGatewayApi", api, specification);
    const AssetId = (await listAssets(ids))[0]!.Id!;
    const asset = (await owner().send("GetAsset", { ...ids, AssetId })).AssetDetails.ApiGatewayApiAsset;
    expect(asset).to.include(described);
    expect(sha256(await download(asset?.ApiSpecificationDownloadUrl))).to.equal(sha256(specification));

    const call = { Method: "PUT", Path: "/daily/a b", Body: '{"price":1}' };
    const QueryStringParameters = { "from day": "1&2=ü" };
    const RequestHeaders = { "x-currency": "EUR" };
    const given = { ...ids, AssetId, ...call, QueryStringParameters, RequestHeaders };
    const received = JSON.parse((await owner().send("SendApiAsset", given)).Body) as Record<string, object>;
    expect(received["headers"]).to.include({ ...RequestHeaders, "x-amz-source-account": "111111111111" });
    const sent = { method: "PUT", path: call.Path, query: QueryStringParameters, body: call.Body };
    expect(received).to.deep.include({ api: "prices", stage: "prod", ...sent });
  });

  it("imports datashares, permissions and access to buckets", async () => {
    const DataShareArn =
      "arn:aws:redshift:us-east-1:111111111111:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const Expression = [{ TagKey: "share", TagValues: ["yes"] }];
    const Table = { Expression, Permissions: ["DESCRIBE" as const, "SELECT" as const] };
    const granted = { CatalogId: "111111111111", RoleArn: "arn:aws:iam::111111111111:role/grants" };
    const AssetSource = { Bucket: "source", KeyPrefixes: ["one/"] };
    const [shares, permissions, accesses] = [
      await createRevision("REDSHIFT_DATA_SHARE"),
      await createRevision("LAKE_FORMATION_DATA_PERMISSION"),
      await createRevision("S3_DATA_ACCESS"),
    ];
    await Promise.all([
      run("ImportAssetsFromRedshiftDataShares", { ...shares, AssetSources: [{ DataShareArn }] }),
      run("ImportAssetsFromLakeFormationTagPolicy", { ...permissions, ...granted, Table }),
      run("CreateS3DataAccessFromS3Bucket", { ...accesses, AssetSource }),
    ]);
    const [share, permission, access] = await Promise.all(
      [shares, permissions, accesses].map(async (ids) => (await listAssets(ids))[0]!.AssetDetails!),
    );
    expect(share!.RedshiftDataShareAsset).to.deep.equal({ Arn: DataShareArn });
    const { LakeFormationDataPermissionDetails: details, ...lakeFormation } =
      permission!.LakeFormationDataPermissionAsset!;
    expect(lakeFormation).to.deep.include({ Permissions: Table.Permissions, RoleArn: granted.RoleArn });
    expect(details!.LFTagPolicy!.ResourceDetails).to.deep.equal({ Table: { Expression } });
    expect(access!.S3DataAccessAsset).to.deep.include(AssetSource);
  });

  it("updates and deletes assets, cancels and lists jobs, and sends a notification", async () => {
    const { send } = owner();
    const ids = await createRevision("S3_SNAPSHOT");
    await importObjects(ids, "two.bin");
    const asset = { ...ids, AssetId: (await listAssets(ids))[0]!.Id! };
    await send("UpdateAsset", { ...asset, Name: "renamed é" });
    const AssetDetails = { S3SnapshotAsset: { Size: 5 } };
    expect(await send("GetAsset", asset)).to.deep.include({ Name: "renamed é", AssetDetails });
    await send("DeleteAsset", asset);
    expect(await errorNameOf(send("GetAsset", asset))).to.equal(notFound);

    const details = { ...ids, AssetSources: [{ Bucket: "source", Key: "two.bin" }] };
    const job = await send("CreateJob", jobRequest("ImportAssetsFromS3", details));
    expect(job).to.deep.include({ Arn: arnOf(`jobs/${job.Id}`), Details: { ImportAssetsFromS3: details } });
    await send("CancelJob", { JobId: job.Id });
    const { Jobs } = await send("ListJobs", ids);
    expect(Jobs.map(({ State }) => State)).to.deep.equal(["CANCELLED", "COMPLETED"]);
    expect(await errorNameOf(send("StartJob", { JobId: job.Id }))).to.equal("ConflictException");
    const notification = { Type: "DATA_DELAY", Comment: "tomorrow", ClientToken: "once-1" } as const;
    await send("SendDataSetNotification", { DataSetId: ids.DataSetId, ...notification });
  });

  it("grants a data set to a subscriber, whose event action exports a new revision", async () => {
    const ids = await createRevision("S3_SNAPSHOT");
    const given = { Name: "g", GrantDistributionScope: "NONE", Tags: { for: "test" } } as const;
    const parties = { SourceDataSetId: ids.DataSetId, ReceiverPrincipal: "222222222222" };
    const { Id, Arn: DataGrantArn } = await owner().send("CreateDataGrant", { ...given, ...parties });
    const states = ["ACCEPTED" as const, "PENDING_RECEIVER_ACCEPTANCE" as const];
    const [sent, allSent, pending, received] = await Promise.all([
      owner().send("GetDataGrant", { DataGrantId: Id }),
      owner().send("ListDataGrants", {}),
      subscriber().send("GetReceivedDataGrant", { DataGrantArn }),
      subscriber().send("ListReceivedDataGrants", { AcceptanceState: states }),
    ]);
    expect(sent).to.include({ ...parties, SenderPrincipal: "111111111111" });
    expect(idsOf(allSent.DataGrantSummaries)).to.deep.equal([Id]);
    expect(pending.AcceptanceState).to.equal("PENDING_RECEIVER_ACCEPTANCE");
    expect(idsOf(received.DataGrantSummaries)).to.deep.equal([Id]);
    const entitled = { DataSetId: (await subscriber().send("AcceptDataGrant", { DataGrantArn })).DataSetId };
    const seen = await subscriber().send("ListDataSets", { Origin: "ENTITLED" });
    expect(idsOf(seen.DataSets)).to.deep.equal([entitled.DataSetId]);
    const rename = subscriber().send("UpdateDataSet", { ...entitled, Name: "mine" });
    expect(await errorNameOf(rename)).to.equal("AccessDeniedException");

    await subscriber().makeBucket("subscribed");
    const exportTo = (KeyPattern: string) => {
      const Encryption = { Type: "aws:kms", KmsKeyArn: "arn:aws:kms:us-east-1:222222222222:key/k" } as const;
      return {
        ExportRevisionToS3: { Encryption, RevisionDestination: { Bucket: "subscribed", KeyPattern } },
      };
    };
    const first = { Action: exportTo("first/${Asset.Name}"), Event: { RevisionPublished: entitled } };
    const { Id: EventActionId, Arn } = await subscriber().send("CreateEventAction", first);
    expect(Arn).to.equal(`arn:aws:dataexchange:us-east-1:222222222222:event-actions/${EventActionId}`);
    const Action = exportTo("auto/${Asset.Name}");
    await subscriber().send("UpdateEventAction", { EventActionId, Action });
    expect((await subscriber().send("GetEventAction", { EventActionId })).Action).to.deep.equal(Action);
    const actions = await subscriber().send("ListEventActions", { EventSourceId: entitled.DataSetId });
    expect(idsOf(actions.EventActions)).to.deep.equal([EventActionId]);

    await importObjects(ids, "two.bin");
    expect((await owner().send("UpdateRevision", { ...ids, Finalized: true })).Finalized).to.equal(true);
    while ((await subscriber().send("ListJobs", entitled)).Jobs[0]?.State !== "COMPLETED");
    const exported = await subscriber().get("subscribed", "auto/two.bin");
    expect(sha256(exported)).to.equal(sha256(files["two.bin"]));

    const revocation = { RevocationComment: "it held wrong prices" };
    const revoked = await owner().send("RevokeRevision", { ...ids, ...revocation });
    expect(revoked).to.include({ Revoked: true, ...revocation });
    await subscriber().send("DeleteEventAction", { EventActionId });
    await owner().send("DeleteDataGrant", { DataGrantId: Id });
    expect(await errorNameOf(subscriber().send("GetDataSet", entitled))).to.equal(notFound);
  });

  it("has called every operation and run every job type at the end", () => {
    const { local } = callers();
    const succeeded = local.requests.filter(({ error }) => !error).map(({ operation }) => operation);
    expect([...new Set(succeeded)]).to.have.members([...operationNames, "UploadBody", "DownloadBody"]);
    const completed = local.jobs().flatMap(({ state, type }) => (state === "COMPLETED" ? type : []));
    expect([...new Set(completed)]).to.have.members(jobTypes.map(({ type }) => type));
  });
}
