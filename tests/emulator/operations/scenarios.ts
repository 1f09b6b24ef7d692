/** Requests that receive an error because of the state or the settings of the service, and the errors that only a fault causes. */
import type { ChangeableSettings } from "../../../emulator/control/settings";
import type { ServiceErrorName } from "../../../service-model/errors";
import type { OperationName } from "../../../service-model/operations/index";
import { operationNames } from "../../../service-model/operations/index";
import type { PopulatedService } from "./populated-service";
import { receiver, unreachableApi } from "./populated-service";
import { owner } from "./wire";

export interface Scenario {
  /** Creates what the request needs, and returns the input of the request. */
  readonly input: (service: PopulatedService) => object | Promise<object>;
  readonly as: string;
  /** Settings while the request is sent. */
  readonly settings?: ChangeableSettings;
}

type Input = Scenario["input"];

const byOwner = (input: Input): Scenario => ({ input, as: owner });
const byReceiver = (input: Input): Scenario => ({ input, as: receiver });
const beyond = (limit: string, input: Input, as = owner): Scenario => ({
  ...{ input, as },
  settings: { limits: { [limit]: 0 } },
});

const entitled: Input = ({ entitled: { dataSetId } }) => ({ dataSetId });
const entitledRevision: Input = ({ entitled: { dataSetId, revisionId } }) => ({ dataSetId, revisionId });
const finalizedRevision: Input = async (service) => {
  const { dataSetId, revisionId } = await service.createFinalizedAsset();
  return { dataSetId, revisionId };
};
const finalizedAsset: Input = (service) => service.createFinalizedAsset();
const plus =
  (input: Input, more: object): Input =>
  async (service) => ({ ...(await input(service)), ...more });
const importInto =
  (revision: Input): Input =>
  async (service) => {
    const assetSources = [{ bucket: "source", key: "a.csv" }];
    const details = { importAssetsFromS3: { ...(await revision(service)), assetSources } };
    return { type: "IMPORT_ASSETS_FROM_S3", details };
  };
const grantOf = (sourceDataSetId: string): object => ({
  ...{ name: "n", grantDistributionScope: "NONE", receiverPrincipal: receiver },
  sourceDataSetId,
});

/** The second request for a job that is no longer waiting. */
const again =
  (operation: "StartJob" | "CancelJob"): Input =>
  async (service) => {
    const jobId = await service.createWaitingJob();
    await service.succeed(operation, { jobId });
    return { jobId };
  };

type Errors = Partial<Record<ServiceErrorName, Scenario>>;

/** Errors that follow neither from the shape of the input nor from the request rate. */
export const scenarios: Partial<Record<OperationName, Errors>> = {
  CreateDataSet: {
    ServiceLimitExceededException: beyond("Data sets per account", () => ({
      ...{ assetType: "S3_SNAPSHOT", name: "n", description: "d" },
    })),
  },
  UpdateDataSet: { AccessDeniedException: byReceiver(entitled) },
  DeleteDataSet: {
    AccessDeniedException: byReceiver(entitled),
    ConflictException: byOwner(({ published: { dataSetId } }) => ({ dataSetId })),
  },
  CreateRevision: {
    AccessDeniedException: byReceiver(entitled),
    ServiceLimitExceededException: beyond("Revisions per data set", async (service) => ({
      dataSetId: await service.createDataSet(),
    })),
  },
  UpdateRevision: {
    AccessDeniedException: byReceiver(entitledRevision),
    ConflictException: byOwner(({ published: { dataSetId, revisionId } }) => ({
      ...{ dataSetId, revisionId, finalized: false },
    })),
  },
  DeleteRevision: {
    AccessDeniedException: byReceiver(entitledRevision),
    ConflictException: byOwner(finalizedRevision),
  },
  RevokeRevision: {
    AccessDeniedException: byReceiver(plus(entitledRevision, { revocationComment: "ten characters" })),
  },
  UpdateAsset: {
    AccessDeniedException: byReceiver((service) => ({ ...service.entitled, name: "n" })),
    ConflictException: byOwner(plus(finalizedAsset, { name: "n" })),
  },
  DeleteAsset: {
    AccessDeniedException: byReceiver((service) => service.entitled),
    ConflictException: byOwner(finalizedAsset),
  },
  CreateJob: {
    AccessDeniedException: byReceiver(importInto(entitledRevision)),
    ConflictException: byOwner(importInto(finalizedRevision)),
  },
  StartJob: {
    ConflictException: byOwner(again("StartJob")),
    ServiceLimitExceededException: {
      ...byOwner(async (service) => ({ jobId: await service.createWaitingJob() })),
      settings: { quotas: { IMPORT_ASSETS_FROM_S3: 0 } },
    },
  },
  CancelJob: { ConflictException: byOwner(again("CancelJob")) },
  CreateEventAction: {
    ServiceLimitExceededException: beyond(
      "Event actions per account",
      async (service) => ({
        action: { exportRevisionToS3: { revisionDestination: { bucket: "target" } } },
        event: { revisionPublished: { dataSetId: await service.createEntitledFiles() } },
      }),
      receiver,
    ),
  },
  CreateDataGrant: {
    AccessDeniedException: byReceiver((service) => grantOf(service.entitled.dataSetId)),
    ServiceLimitExceededException: beyond("Active and pending data grants", async (service) =>
      grantOf(await service.createDataSet()),
    ),
  },
  AcceptDataGrant: {
    ConflictException: byReceiver(({ published }) => ({ dataGrantArn: published.grantArn })),
  },
  SendDataSetNotification: {
    AccessDeniedException: byReceiver(plus(entitled, { type: "DATA_DELAY" })),
    // The client token is that of another notification.
    ConflictException: byOwner(async (service) => {
      const first = { dataSetId: await service.createDataSet(), clientToken: "twice", type: "DATA_DELAY" };
      await service.succeed("SendDataSetNotification", first);
      return { ...first, type: "DATA_UPDATE" };
    }),
  },
  ListTagsForResource: {
    ValidationException: byOwner(() => ({ resourceArn: "arn:aws:s3:::bucket" })),
  },
  SendApiAsset: {
    AccessDeniedException: byOwner(async (service) => ({
      ...(await service.createApi(unreachableApi)),
      path: "/../away",
    })),
    InternalServerException: byOwner((service) => service.createApi(unreachableApi)),
  },
};

interface CausedByFault {
  readonly error: ServiceErrorName;
  /** Why no request receives it without a fault. */
  readonly reason: string;
  readonly operations: readonly OperationName[];
}

/** Errors that operations answer only with a fault. */
export const onlyByFault: readonly CausedByFault[] = [
  {
    error: "AccessDeniedException",
    reason: "the local service has no IAM: an account has full access to its resources",
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
    reason: "the request names no resource, or names it as a filter",
    operations: ["ListDataSets", "ListJobs", "ListEventActions", "ListDataGrants", "ListReceivedDataGrants"],
  },
  {
    error: "ValidationException",
    reason: "the only member of the request is in the path and may be any text",
    operations: ["GetEventAction", "DeleteEventAction"],
  },
  {
    error: "ConflictException",
    reason: "a revoked revision can be revoked again with another comment",
    operations: ["RevokeRevision"],
  },
  {
    error: "InternalServerException",
    reason: "it reports a failure inside AWS",
    operations: operationNames.filter((operation) => operation !== "SendApiAsset"),
  },
];
