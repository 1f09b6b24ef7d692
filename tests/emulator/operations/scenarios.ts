/** How those errors come about that no single value makes, and which cannot come about here by themselves. */
import type { ChangeableSettings } from "../../../emulator/control/settings";
import type { OperationName } from "../../../service-model/operations/index";
import { operationNames } from "../../../service-model/operations/index";
import type { ServiceErrorName } from "../../../service-model/errors";
import type { Answer, Json } from "./wire";
import { owner } from "./wire";
import type { World } from "./world";
import { receiver, unreachableApi } from "./world";

/** Makes everything that leads up to the error, and answers with it. */
export type Scenario = (world: World) => Promise<Answer>;

type Given = (world: World) => object | Promise<object>;

const answerTo = async (world: World, operation: OperationName, given: Given, as = owner): Promise<Answer> =>
  world.wire.send(operation, { input: { ...(await given(world)) }, as });

const when =
  (operation: OperationName, given: Given, as?: string): Scenario =>
  (world) =>
    answerTo(world, operation, given, as);

/** With settings that leave room for nothing more; what the request needs is made before. */
const beyond =
  (operation: OperationName, settings: ChangeableSettings, given: Given, as = owner): Scenario =>
  async (world) => {
    const input = await given(world);
    world.local.settings.change(settings);
    try {
      return await world.wire.send(operation, { input: { ...input }, as });
    } finally {
      world.local.settings.change({ limits: undefined, quotas: undefined });
    }
  };

const name = { name: "n", description: "d" };
const entitled: Given = (world) => ({ dataSetId: world.entitled.dataSetId });
const inEntitled: Given = ({ entitled: { dataSetId, revisionId } }) => ({ dataSetId, revisionId });
const closed: Given = async (world) => {
  const { dataSetId, revisionId } = await world.finalized();
  return { dataSetId, revisionId };
};
const revocationComment = "ten characters";

const grantOf = (sourceDataSetId: string): object => ({
  name: "n",
  grantDistributionScope: "NONE",
  receiverPrincipal: receiver,
  sourceDataSetId,
});
const eventActionOn = (dataSetId: string): object => ({
  action: { exportRevisionToS3: { revisionDestination: { bucket: "target" } } },
  event: { revisionPublished: { dataSetId } },
});
const importInto = (ids: object): Json => {
  const assetSources = [{ dataShareArn: "arn" }];
  const details = { importAssetsFromRedshiftDataShares: { ...ids, assetSources } };
  return { type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES", details };
};

/** A second notification under the token of the first. */
const sendTwice: Given = async (world) => {
  const first = { dataSetId: await world.dataSet(), clientToken: "twice", type: "DATA_DELAY" };
  await world.call("SendDataSetNotification", first);
  return { ...first, type: "DATA_UPDATE" };
};

/** Errors that operations answer for what the world is like. Those of values, names and rates are in no need of it. */
export const scenarios: Record<OperationName, Partial<Record<ServiceErrorName, Scenario>>> = {
  CreateDataSet: {
    ServiceLimitExceededException: beyond(
      "CreateDataSet",
      { limits: { "Data sets per account": 0 } },
      () => ({ ...name, assetType: "S3_SNAPSHOT" }),
    ),
  },
  GetDataSet: {},
  ListDataSets: {},
  UpdateDataSet: { AccessDeniedException: when("UpdateDataSet", entitled, receiver) },
  DeleteDataSet: {
    AccessDeniedException: when("DeleteDataSet", entitled, receiver),
    ConflictException: when("DeleteDataSet", ({ published }) => ({ dataSetId: published.dataSetId })),
  },
  CreateRevision: {
    AccessDeniedException: when("CreateRevision", entitled, receiver),
    ServiceLimitExceededException: beyond(
      "CreateRevision",
      { limits: { "Revisions per data set": 0 } },
      async (world) => ({ dataSetId: await world.dataSet("S3_SNAPSHOT") }),
    ),
  },
  GetRevision: {},
  ListDataSetRevisions: {},
  UpdateRevision: {
    AccessDeniedException: when("UpdateRevision", inEntitled, receiver),
    ConflictException: when("UpdateRevision", ({ published: { dataSetId, revisionId } }) => ({
      ...{ dataSetId, revisionId },
      finalized: false,
    })),
  },
  DeleteRevision: {
    AccessDeniedException: when("DeleteRevision", inEntitled, receiver),
    ConflictException: when("DeleteRevision", closed),
  },
  RevokeRevision: {
    AccessDeniedException: when(
      "RevokeRevision",
      async (world) => ({ ...(await inEntitled(world)), revocationComment }),
      receiver,
    ),
  },
  ListRevisionAssets: {},
  GetAsset: {},
  UpdateAsset: {
    AccessDeniedException: when("UpdateAsset", (world) => ({ ...world.entitled, name: "n" }), receiver),
    ConflictException: when("UpdateAsset", async (world) => ({ ...(await world.finalized()), name: "n" })),
  },
  DeleteAsset: {
    AccessDeniedException: when("DeleteAsset", (world) => world.entitled, receiver),
    ConflictException: when("DeleteAsset", (world) => world.finalized()),
  },
  CreateJob: {
    AccessDeniedException: when("CreateJob", async (world) => importInto(await inEntitled(world)), receiver),
    ConflictException: when("CreateJob", async (world) => importInto(await closed(world))),
  },
  StartJob: {
    ConflictException: when("StartJob", async (world) => {
      const jobId = await world.job();
      await world.call("StartJob", { jobId });
      return { jobId };
    }),
    ServiceLimitExceededException: beyond(
      "StartJob",
      { quotas: { IMPORT_ASSETS_FROM_S3: 0 } },
      async (world) => ({ jobId: await world.job() }),
    ),
  },
  GetJob: {},
  CancelJob: {
    ConflictException: when("CancelJob", async (world) => {
      const jobId = await world.job();
      await world.call("CancelJob", { jobId });
      return { jobId };
    }),
  },
  ListJobs: {},
  CreateEventAction: {
    ServiceLimitExceededException: beyond(
      "CreateEventAction",
      { limits: { "Event actions per account": 0 } },
      async (world) => eventActionOn(await world.entitledFiles()),
      receiver,
    ),
  },
  GetEventAction: {},
  ListEventActions: {},
  UpdateEventAction: {},
  DeleteEventAction: {},
  CreateDataGrant: {
    AccessDeniedException: when("CreateDataGrant", (world) => grantOf(world.entitled.dataSetId), receiver),
    ServiceLimitExceededException: beyond(
      "CreateDataGrant",
      { limits: { "Active and pending data grants": 0 } },
      async (world) => grantOf(await world.dataSet()),
    ),
  },
  GetDataGrant: {},
  ListDataGrants: {},
  DeleteDataGrant: {},
  AcceptDataGrant: {
    ConflictException: when(
      "AcceptDataGrant",
      ({ published }) => ({ dataGrantArn: published.grantArn }),
      receiver,
    ),
  },
  GetReceivedDataGrant: {},
  ListReceivedDataGrants: {},
  SendDataSetNotification: {
    AccessDeniedException: when(
      "SendDataSetNotification",
      async (world) => ({ ...(await entitled(world)), type: "DATA_DELAY" }),
      receiver,
    ),
    ConflictException: when("SendDataSetNotification", sendTwice),
  },
  ListTagsForResource: {
    ValidationException: when("ListTagsForResource", () => ({ resourceArn: "arn:aws:s3:::bucket" })),
  },
  TagResource: {},
  UntagResource: {},
  SendApiAsset: {
    AccessDeniedException: when("SendApiAsset", async (world) => ({
      ...(await world.api(unreachableApi)),
      path: "/../away",
    })),
    InternalServerException: when("SendApiAsset", async (world) => ({
      ...(await world.api(unreachableApi)),
    })),
  },
};

interface Unreachable {
  readonly error: ServiceErrorName;
  /** Why it cannot come about here by itself. */
  readonly why: string;
  readonly operations: readonly OperationName[];
}

/** What only a fault can make. Every pair of operation and error is here, in `scenarios`, or derived. */
export const onlyByFault: readonly Unreachable[] = [
  {
    error: "AccessDeniedException",
    why: "there is no IAM here: a key of the account may do everything with what the account has",
    operations: [
      "CreateDataSet",
      "StartJob",
      "CreateEventAction",
      "UpdateEventAction",
      "GetDataGrant",
      "ListDataGrants",
      "DeleteDataGrant",
      "AcceptDataGrant",
      "GetReceivedDataGrant",
      "ListReceivedDataGrants",
    ],
  },
  {
    error: "ResourceNotFoundException",
    why: "the request names no resource, or names it as a filter",
    operations: ["ListDataSets", "ListJobs", "ListEventActions", "ListDataGrants", "ListReceivedDataGrants"],
  },
  {
    error: "ValidationException",
    why: "the request's one member is in the path, and any text will do",
    operations: ["GetEventAction", "DeleteEventAction"],
  },
  {
    error: "ConflictException",
    why: "a revision that was revoked can be revoked again, for another reason",
    operations: ["RevokeRevision"],
  },
  {
    error: "InternalServerException",
    why: "it stands for what breaks inside AWS",
    operations: operationNames.filter((operation) => operation !== "SendApiAsset"),
  },
];
