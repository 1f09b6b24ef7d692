/** Data sets, revisions and event actions of the local Data Exchange. */
import {
  CreateDataSetCommand,
  CreateEventActionCommand,
  CreateRevisionCommand,
  DeleteDataSetCommand,
  DeleteEventActionCommand,
  DeleteRevisionCommand,
  GetDataSetCommand,
  GetEventActionCommand,
  GetRevisionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDataSetCommand,
  UpdateEventActionCommand,
  UpdateRevisionCommand,
  type Action,
  type AssetType,
  type ServerSideEncryptionTypes,
} from "@aws-sdk/client-dataexchange";

import { unlessMissing } from "../stored-resource";
import type { Region } from "../region";
import type { Properties, ResourceType, Service } from "../resource-type";

type Tags = Record<string, string>;

const dataSet: ResourceType = {
  inputs: { assetType: "replace", name: "update", description: "update" },
  computed: ["arn"],
  named: { input: "name" },
  tagged: true,

  async create(inputs, { dataExchange }) {
    const { Id, Arn } = await dataExchange.send(
      new CreateDataSetCommand({
        AssetType: inputs.assetType as AssetType,
        Name: inputs.name as string,
        Description: inputs.description as string,
        Tags: inputs.tagsAll as Tags,
      }),
    );
    return { id: Id!, outputs: { arn: Arn } };
  },

  async read(DataSetId, { dataExchange }) {
    const found = await unlessMissing(dataExchange.send(new GetDataSetCommand({ DataSetId })));
    if (!found) return undefined;
    const { Arn: arn, AssetType: assetType, Name: name, Description: description, Tags = {} } = found;
    return { arn, assetType, name, description, tagsAll: Tags };
  },

  async update(DataSetId, inputs, region, state) {
    await retag(region, state, inputs);
    await region.dataExchange.send(
      new UpdateDataSetCommand({
        DataSetId,
        Name: inputs.name as string,
        Description: inputs.description as string,
      }),
    );
  },

  async delete(DataSetId, { dataExchange }) {
    await unlessMissing(dataExchange.send(new DeleteDataSetCommand({ DataSetId })));
  },
};

/** The resource id contains the data set's id. `revisionId` is the service's id. */
const revision: ResourceType = {
  inputs: { dataSetId: "replace", comment: "update" },
  computed: ["arn", "revisionId"],
  tagged: true,

  async create(inputs, { dataExchange }) {
    const DataSetId = inputs.dataSetId as string;
    const { Id: revisionId, Arn: arn } = await dataExchange.send(
      new CreateRevisionCommand({
        DataSetId,
        Comment: inputs.comment as string | undefined,
        Tags: inputs.tagsAll as Tags,
      }),
    );
    return { id: `${DataSetId}:${revisionId}`, outputs: { arn, revisionId } };
  },

  async read(id, { dataExchange }) {
    const found = await unlessMissing(dataExchange.send(new GetRevisionCommand(idsOf(id))));
    if (!found) return undefined;
    const { Arn: arn, Id: revisionId, DataSetId: dataSetId, Comment: comment, Tags = {} } = found;
    return { arn, revisionId, dataSetId, comment: comment || undefined, tagsAll: Tags };
  },

  async update(id, inputs, region, state) {
    await retag(region, state, inputs);
    await region.dataExchange.send(
      new UpdateRevisionCommand({ ...idsOf(id), Comment: (inputs.comment as string | undefined) ?? "" }),
    );
  },

  async delete(id, { dataExchange }) {
    await unlessMissing(dataExchange.send(new DeleteRevisionCommand(idsOf(id))));
  },
};

const eventAction: ResourceType = {
  inputs: { action: "update", event: "replace" },
  computed: ["arn", "createdAt", "updatedAt"],
  volatile: ["updatedAt"],

  async create({ action, event }, { dataExchange }) {
    const { revisionPublished } = event as { revisionPublished: { dataSetId: string } };
    const made = await dataExchange.send(
      new CreateEventActionCommand({
        Action: sentAction(action as DeclaredAction),
        Event: { RevisionPublished: { DataSetId: revisionPublished.dataSetId } },
      }),
    );
    const outputs = {
      arn: made.Arn,
      createdAt: made.CreatedAt?.toISOString(),
      updatedAt: made.UpdatedAt?.toISOString(),
    };
    return { id: made.Id!, outputs };
  },

  async read(EventActionId, { dataExchange }) {
    const found = await unlessMissing(dataExchange.send(new GetEventActionCommand({ EventActionId })));
    if (!found) return undefined;
    return {
      arn: found.Arn,
      createdAt: found.CreatedAt?.toISOString(),
      updatedAt: found.UpdatedAt?.toISOString(),
      action: declaredAction(found.Action!),
      event: { revisionPublished: { dataSetId: found.Event!.RevisionPublished!.DataSetId } },
    };
  },

  async update(EventActionId, { action }, { dataExchange }) {
    const { UpdatedAt } = await dataExchange.send(
      new UpdateEventActionCommand({ EventActionId, Action: sentAction(action as DeclaredAction) }),
    );
    return { updatedAt: UpdatedAt?.toISOString() };
  },

  async delete(EventActionId, { dataExchange }) {
    await unlessMissing(dataExchange.send(new DeleteEventActionCommand({ EventActionId })));
  },
};

export const dataexchange: Service = {
  resources: {
    "aws:dataexchange/dataSet:DataSet": dataSet,
    "aws:dataexchange/revision:Revision": revision,
    "aws:dataexchange/eventAction:EventAction": eventAction,
  },
};

const idsOf = (id: string) => {
  const [DataSetId, RevisionId] = id.split(":");
  return { DataSetId, RevisionId };
};

async function retag({ dataExchange }: Region, state: Properties, inputs: Properties): Promise<void> {
  const [before, after] = [(state.tagsAll ?? {}) as Tags, inputs.tagsAll as Tags];
  const ResourceArn = state.arn as string;
  const gone = Object.keys(before).filter((key) => !(key in after));
  if (gone.length > 0) await dataExchange.send(new UntagResourceCommand({ ResourceArn, TagKeys: gone }));
  if (Object.keys(after).length > 0) {
    await dataExchange.send(new TagResourceCommand({ ResourceArn, Tags: after }));
  }
}

interface DeclaredAction {
  exportRevisionToS3: {
    revisionDestination: { bucket: string; keyPattern?: string };
    encryption?: { type?: ServerSideEncryptionTypes; kmsKeyArn?: string };
  };
}

const sentAction = ({ exportRevisionToS3: { revisionDestination, encryption } }: DeclaredAction): Action => ({
  ExportRevisionToS3: {
    RevisionDestination: { Bucket: revisionDestination.bucket, KeyPattern: revisionDestination.keyPattern },
    Encryption: encryption && { Type: encryption.type, KmsKeyArn: encryption.kmsKeyArn },
  },
});

const declaredAction = ({ ExportRevisionToS3 }: Action): DeclaredAction => ({
  exportRevisionToS3: {
    revisionDestination: {
      bucket: ExportRevisionToS3!.RevisionDestination!.Bucket!,
      keyPattern: ExportRevisionToS3!.RevisionDestination!.KeyPattern,
    },
    encryption: ExportRevisionToS3!.Encryption && {
      type: ExportRevisionToS3!.Encryption.Type,
      kmsKeyArn: ExportRevisionToS3!.Encryption.KmsKeyArn,
    },
  },
});
