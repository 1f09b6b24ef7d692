/**
 * Requests that every operation accepts. All members of an operation's input occur in at least one of its requests.
 * A request that consumes a resource has a new one.
 */
import type { OperationName } from "../../../service-model/operations/index";
import type { AssetType } from "../../../service-model/shared-shapes";
import type { RevisionIds } from "../../harness/service";
import type { PopulatedService } from "./populated-service";
import type { AssetIds } from "./valid-jobs";
import { receiver } from "./populated-service";
import { jobRequest } from "../../harness/emulator-service";
import { importJobs, requestOf, validJobs } from "./valid-jobs";
import type { Json, Request } from "./wire";

const tags = { team: "a", aKey: "b" };
const paged = { maxResults: 200 };

const revisionOf = ({ dataSetId, revisionId }: AssetIds): RevisionIds => ({ dataSetId, revisionId });
const byOwner = (...inputs: object[]): Request[] => inputs.map((input) => ({ input: input as Json }));
const byReceiver = (...inputs: object[]): Request[] =>
  inputs.map((input) => ({ input: input as Json, as: receiver }));

type Requests = (service: PopulatedService) => Request[] | Promise<Request[]>;

export const validRequests: Record<OperationName, Requests> = {
  CreateDataSet: () => byOwner({ assetType: "S3_SNAPSHOT", name: "n", description: "d", tags }),
  GetDataSet: ({ published, entitled }) => [
    ...byOwner({ dataSetId: published.dataSetId }),
    ...byReceiver({ dataSetId: entitled.dataSetId }),
  ],
  ListDataSets: async (service) => [
    ...byOwner(paged, { ...paged, origin: "OWNED" }),
    ...byReceiver({ ...paged, origin: "ENTITLED" }),
    await secondPage(service, "ListDataSets"),
  ],
  UpdateDataSet: async (service) =>
    byOwner({ dataSetId: await service.createDataSet(), name: "n", description: "d" }),
  DeleteDataSet: async (service) => byOwner({ dataSetId: await service.createDataSet() }),

  CreateRevision: async (service) =>
    byOwner({ dataSetId: await service.createDataSet(), comment: "c", tags }),
  GetRevision: ({ published, entitled }) => [
    ...byOwner(revisionOf(published)),
    ...byReceiver(revisionOf(entitled)),
  ],
  ListDataSetRevisions: async (service) => {
    const { dataSetId } = await service.createEmptyRevision();
    for (let more = 0; more < 2; more += 1) await service.createRevision(dataSetId);
    return [
      ...byOwner({ dataSetId, ...paged }),
      await secondPage(service, "ListDataSetRevisions", { dataSetId }),
      ...byReceiver({ dataSetId: service.entitled.dataSetId }),
    ];
  },
  UpdateRevision: async (service) =>
    byOwner({ ...revisionOf(await service.createAsset()), comment: "c", finalized: true }),
  DeleteRevision: async (service) => byOwner(await service.createEmptyRevision()),
  RevokeRevision: async (service) =>
    byOwner({ ...revisionOf(await service.createFinalizedAsset()), revocationComment: "ten characters" }),

  ListRevisionAssets: async (service) => [
    ...byOwner(...[...service.assets.values()].map((asset) => ({ ...revisionOf(asset), ...paged }))),
    await secondPage(service, "ListRevisionAssets", revisionOf(service.assets.get("S3_SNAPSHOT")!)),
    ...byReceiver(revisionOf(service.entitled)),
  ],
  GetAsset: ({ assets, entitled }) => [...byOwner(...assets.values()), ...byReceiver(entitled)],
  UpdateAsset: async (service) => byOwner({ ...(await service.createAsset()), name: "n" }),
  DeleteAsset: async (service) => byOwner(await service.createAsset()),

  CreateJob: async (service) => byOwner(...(await validJobs(service, service.assets.get("S3_SNAPSHOT")!))),
  StartJob: async (service) => byOwner({ jobId: await service.createWaitingJob() }),
  GetJob: async (service) => {
    const ids = await service.createRevisionIds();
    const importOf = (Key: string) =>
      service.createJob(
        jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [{ Bucket: "source", Key }] }),
      );
    const ended = [await importOf("a.csv"), await importOf("absent")];
    for (const id of ended) await service.finishJob(id);
    const requests = (await importJobs(service)).map(({ request }) => request);
    const waiting = await Promise.all(requests.map((request) => service.succeed("CreateJob", request)));
    return byOwner(...[...waiting.map(({ Id }) => Id), ...ended].map((jobId) => ({ jobId })));
  },
  CancelJob: async (service) => byOwner({ jobId: await service.createWaitingJob() }),
  ListJobs: async (service) => {
    const asset = service.assets.get("S3_SNAPSHOT")!;
    const { dataSetId, revisionId } = asset;
    const exported = requestOf("exportAssetToSignedUrl", { ...asset });
    for (let more = 0; more < 3; more += 1) await service.succeed("CreateJob", exported);
    return [
      ...byOwner(paged, { dataSetId, ...paged }, { dataSetId, revisionId, ...paged }),
      await secondPage(service, "ListJobs"),
    ];
  },

  CreateEventAction: async (service) => {
    const event = { revisionPublished: { dataSetId: await service.createEntitledFiles() } };
    return byReceiver({ action: { exportRevisionToS3: exportAction }, event, tags });
  },
  GetEventAction: async (service) => byReceiver({ eventActionId: (await service.createReceiverAction()).id }),
  ListEventActions: async (service) => {
    const eventSourceId = await service.createEntitledFiles();
    await service.createReceiverAction();
    for (let more = 0; more < 3; more += 1) await service.createReceiverAction(eventSourceId);
    return [
      ...byReceiver(paged, { eventSourceId, ...paged }),
      await secondPage(service, "ListEventActions", {}, receiver),
    ];
  },
  UpdateEventAction: async (service) => {
    const { id: eventActionId } = await service.createReceiverAction();
    return byReceiver({ eventActionId, action: { exportRevisionToS3: exportAction } });
  },
  DeleteEventAction: async (service) =>
    byReceiver({ eventActionId: (await service.createReceiverAction()).id }),

  CreateDataGrant: async (service) =>
    byOwner({
      name: "n",
      grantDistributionScope: "NONE",
      receiverPrincipal: receiver,
      sourceDataSetId: await service.createDataSet(),
      endsAt: "2999-01-01T00:00:00Z",
      description: "d",
      tags,
    }),
  GetDataGrant: async (service) => {
    const { arn } = await service.createPendingGrant();
    return byOwner({ dataGrantId: service.published.grantId }, { dataGrantId: arn });
  },
  ListDataGrants: async (service) => [...byOwner(paged), await secondPage(service, "ListDataGrants")],
  DeleteDataGrant: async (service) => byOwner({ dataGrantId: (await service.createAcceptedGrant()).id }),
  AcceptDataGrant: async (service) => byReceiver({ dataGrantArn: (await service.createPendingGrant()).arn }),
  GetReceivedDataGrant: ({ published }) => byReceiver({ dataGrantArn: published.grantArn }),
  ListReceivedDataGrants: async (service) => [
    ...byReceiver(paged, { ...paged, acceptanceState: ["ACCEPTED", "PENDING_RECEIVER_ACCEPTANCE"] }),
    await secondPage(service, "ListReceivedDataGrants", {}, receiver),
  ],

  SendDataSetNotification: (service) => byOwner(...validNotifications(service)),

  ListTagsForResource: (service) => taggable(service),
  TagResource: (service) => taggable(service, { tags }),
  UntagResource: (service) => taggable(service, { tagKeys: ["team"] }),

  SendApiAsset: ({ assets }) =>
    byOwner({
      ...assets.get("API_GATEWAY_API"),
      method: "POST",
      path: "/prices",
      requestHeaders: { accept: "application/json" },
      queryStringParameters: { day: "today" },
      body: "{}",
    }),
};

/** A request with the token of a first page of one entry. */
async function secondPage(
  service: PopulatedService,
  operation: OperationName,
  input: object = {},
  as?: string,
): Promise<Request> {
  const first = await service.succeed(operation, { ...input, maxResults: 1 }, as);
  return { input: { ...input, maxResults: 1, nextToken: first["NextToken"] }, as };
}

const exportAction = {
  revisionDestination: { bucket: "target", keyPattern: "${Asset.Name}" },
  encryption: { type: "aws:kms", kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" },
};

/** One resource of each kind that takes tags. */
async function taggable(service: PopulatedService, more: object = {}): Promise<Request[]> {
  const ids = await service.createAsset();
  const resources = [
    await service.succeed("GetDataSet", { dataSetId: ids.dataSetId }),
    await service.succeed("GetRevision", revisionOf(ids)),
    await service.succeed("GetAsset", ids),
  ];
  const { arn } = await service.createReceiverAction();
  const tag = (resourceArn: string) => ({ resourceArn, ...more });
  return [
    ...byOwner(...[...resources.map(({ Arn }) => Arn), service.published.grantArn].map(tag)),
    ...byReceiver(tag(arn)),
  ];
}

const moment = "2026-01-01T00:00:00Z";

/** One notification for each type of assets, because the type of the data set determines the scope. */
function validNotifications({ assets }: PopulatedService): Json[] {
  const dataSetOf = (type: AssetType) => assets.get(type)!.dataSetId;
  const changes = [{ name: "price", type: "ADD", description: "a column" }];
  const arn = "arn:aws:redshift:us-east-1:000000000000:datashare:n/s";
  const share = { arn, database: "d", function: "f", table: "t", schema: "s", view: "v" };
  return [
    {
      dataSetId: dataSetOf("LAKE_FORMATION_DATA_PERMISSION"),
      type: "DATA_UPDATE",
      details: { dataUpdate: { dataUpdatedAt: moment } },
      scope: { lakeFormationTagPolicies: [{ database: "d", table: "t" }] },
      comment: "c",
      clientToken: "t",
    },
    {
      dataSetId: dataSetOf("REDSHIFT_DATA_SHARE"),
      type: "DEPRECATION",
      details: { deprecation: { deprecationAt: moment } },
      scope: { redshiftDataShares: [share] },
    },
    {
      dataSetId: dataSetOf("S3_DATA_ACCESS"),
      type: "SCHEMA_CHANGE",
      details: { schemaChange: { changes, schemaChangeAt: moment } },
      scope: { s3DataAccesses: [{ keyPrefixes: ["a"], keys: ["b"] }] },
    },
    { dataSetId: dataSetOf("S3_SNAPSHOT"), type: "DATA_DELAY" },
  ];
}
