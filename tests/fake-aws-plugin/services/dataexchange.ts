/** Data sets, revisions and event actions of the local Data Exchange. */
import { type Action, type AssetType } from "@aws-sdk/client-dataexchange";

import type { Region } from "../region";
import type { Properties } from "../properties";
import type { ResourceType, ResourceTypes } from "../resource-type";
import { unlessMissing } from "../stored-resource";

type Tags = Record<string, string>;

const dataSet: ResourceType = {
  replaces: ["assetType"],
  updates: ["name", "description", "tags"],
  computed: ["arn"],
  named: "name",

  async create(inputs, { dataExchange }) {
    const { Id, Arn } = await dataExchange.createDataSet({
      AssetType: inputs.assetType as AssetType,
      Name: inputs.name as string,
      Description: inputs.description as string,
      Tags: inputs.tags as Tags | undefined,
    });
    return { id: Id!, outputs: { arn: Arn } };
  },

  async read(DataSetId, { dataExchange }) {
    const found = await unlessMissing(dataExchange.getDataSet({ DataSetId }));
    if (!found) return undefined;
    const { Arn: arn, AssetType: assetType, Name: name, Description: description, Tags } = found;
    return { arn, assetType, name, description, tags: anyOf(Tags) };
  },

  async update(DataSetId, inputs, region, state) {
    await retag(region, state, inputs);
    const [Name, Description] = [inputs.name as string, inputs.description as string];
    await region.dataExchange.updateDataSet({ DataSetId, Name, Description });
  },

  async delete(DataSetId, { dataExchange }) {
    await unlessMissing(dataExchange.deleteDataSet({ DataSetId }));
  },
};

/** The resource id contains the data set's id. `revisionId` is the service's id. */
const revision: ResourceType = {
  replaces: ["dataSetId"],
  updates: ["comment", "tags"],
  computed: ["arn", "revisionId"],

  async create(inputs, { dataExchange }) {
    const DataSetId = inputs.dataSetId as string;
    const { Id: revisionId, Arn: arn } = await dataExchange.createRevision({
      DataSetId,
      Comment: inputs.comment as string | undefined,
      Tags: inputs.tags as Tags | undefined,
    });
    return { id: `${DataSetId}:${revisionId}`, outputs: { arn, revisionId } };
  },

  async read(id, { dataExchange }) {
    const found = await unlessMissing(dataExchange.getRevision(idsOf(id)));
    if (!found) return undefined;
    const { Arn: arn, Id: revisionId, DataSetId: dataSetId, Comment: comment, Tags } = found;
    return { arn, revisionId, dataSetId, comment: comment || undefined, tags: anyOf(Tags) };
  },

  async update(id, inputs, region, state) {
    await retag(region, state, inputs);
    const Comment = (inputs.comment as string | undefined) ?? "";
    await region.dataExchange.updateRevision({ ...idsOf(id), Comment });
  },

  async delete(id, { dataExchange }) {
    await unlessMissing(dataExchange.deleteRevision(idsOf(id)));
  },
};

const idsOf = (id: string) => {
  const [DataSetId, RevisionId] = id.split(":");
  return { DataSetId, RevisionId };
};

const anyOf = (tags: Tags = {}): Tags | undefined => (Object.keys(tags).length > 0 ? tags : undefined);

async function retag({ dataExchange }: Region, state: Properties, inputs: Properties): Promise<void> {
  const [before, after] = [state.tags, inputs.tags].map((tags) => (tags ?? {}) as Tags) as [Tags, Tags];
  const ResourceArn = state.arn as string;
  const TagKeys = Object.keys(before).filter((key) => !(key in after));
  if (TagKeys.length > 0) await dataExchange.untagResource({ ResourceArn, TagKeys });
  if (anyOf(after)) await dataExchange.tagResource({ ResourceArn, Tags: after });
}

const eventAction: ResourceType = {
  replaces: ["event"],
  updates: ["action"],
  computed: ["arn"],

  async create({ action, event }, { dataExchange }) {
    const { revisionPublished } = event as { revisionPublished: { dataSetId: string } };
    const { Id, Arn } = await dataExchange.createEventAction({
      Action: withCase("toUpperCase", action) as Action,
      Event: { RevisionPublished: { DataSetId: revisionPublished.dataSetId } },
    });
    return { id: Id!, outputs: { arn: Arn } };
  },

  async read(EventActionId, { dataExchange }) {
    const found = await unlessMissing(dataExchange.getEventAction({ EventActionId }));
    if (!found) return undefined;
    const [action, event] = [withCase("toLowerCase", found.Action), withCase("toLowerCase", found.Event)];
    return { arn: found.Arn, action, event };
  },

  async update(EventActionId, { action }, { dataExchange }) {
    const Action = withCase("toUpperCase", action) as Action;
    await dataExchange.updateEventAction({ EventActionId, Action });
  },

  async delete(EventActionId, { dataExchange }) {
    await unlessMissing(dataExchange.deleteEventAction({ EventActionId }));
  },
};

/** The same structure with the first letter of every member in upper or lower case. */
const withCase = (convert: "toUpperCase" | "toLowerCase", value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name.charAt(0)[convert]() + name.slice(1),
          withCase(convert, member),
        ]),
      )
    : value;

export const dataexchange: ResourceTypes = {
  "aws:dataexchange/dataSet:DataSet": dataSet,
  "aws:dataexchange/revision:Revision": revision,
  "aws:dataexchange/eventAction:EventAction": eventAction,
};
