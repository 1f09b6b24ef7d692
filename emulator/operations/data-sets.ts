import type { AssetType } from "../../service-model/shared-shapes";
import { conflict, invalid } from "../state/api-error";
import { arnOf } from "../state/records";
import type { DataSet } from "../state/records";
import { hasEnded } from "../state/region-state";
import { OrderedCollection } from "../state/ordered-collection";
import type { Handlers } from "./handler";
import { paginate, assertBelowLimit, timestamps, touch } from "./handler";
import { assertValidTags } from "./tags";
import { isDeepStrictEqual } from "node:util";
import { wireName } from "../../service-model/operations/operation";

export const dataSetHandlers = {
  CreateDataSet: ({ assetType, name, description, tags }, context) => {
    const { state } = context;
    assertValidTags(tags);
    assertBelowLimit("Data sets per account", state.dataSets.size, context);
    const id = state.newId();
    const dataSet: DataSet = {
      id,
      arn: arnOf(state.accountRegion, `data-sets/${id}`),
      assetType,
      name,
      description,
      origin: "OWNED",
      tags,
      ...timestamps(context),
      revisions: new OrderedCollection(),
    };
    state.dataSets.add(dataSet);
    return dataSet;
  },

  GetDataSet: ({ dataSetId }, { state }) => state.dataSet(dataSetId),

  ListDataSets: (input, { state, clock }) => {
    const entitled = input.origin === "ENTITLED";
    const dataSets = entitled ? state.entitledDataSets : state.dataSets;
    const { items, nextToken } = paginate(dataSets, entitled ? "entitled data-sets" : "data-sets", input);
    return { dataSets: items.filter(({ grant }) => !grant || !hasEnded(grant, clock.now())), nextToken };
  },

  UpdateDataSet: ({ dataSetId, name, description }, context) => {
    const dataSet = context.state.ownDataSet(dataSetId);
    dataSet.name = name ?? dataSet.name;
    dataSet.description = description ?? dataSet.description;
    touch(dataSet, context);
    return dataSet;
  },

  /** Deletes the revisions, too. */
  DeleteDataSet: ({ dataSetId }, { state, objects }) => {
    const { revisions } = state.ownDataSet(dataSetId);
    const granted = state.dataGrantsOf.of(dataSetId).size;
    if (granted > 0) {
      throw conflict("DATA_SET", dataSetId, `The data set ${dataSetId} has data grants; delete them first.`);
    }
    state.dataSets.delete(dataSetId);
    const assets = revisions.all().flatMap((revision) => revision.assets.all());
    void objects.deleteObjects(assets.map(({ objectKey }) => objectKey));
  },
} satisfies Partial<Handlers>;

/** The member of the scope for each type of assets; files have none, because a notification is about all of them. */
const scopeMembers: Partial<Record<AssetType, string>> = {
  LAKE_FORMATION_DATA_PERMISSION: "lakeFormationTagPolicies",
  REDSHIFT_DATA_SHARE: "redshiftDataShares",
  S3_DATA_ACCESS: "s3DataAccesses",
};

export const notificationHandlers = {
  SendDataSetNotification: (input, { state, marketplace }) => {
    const { dataSetId, scope = {}, clientToken } = input;
    const { id, assetType } = state.ownDataSet(dataSetId);
    const stray = Object.keys(scope).find((name) => name !== scopeMembers[assetType]);
    if (stray)
      throw invalid(`Scope.${wireName(stray)} is not valid for ${id}, a data set of type ${assetType}.`);
    // Source: live test of alchemy-run/alchemy.
    if (!marketplace) throw invalid(`The data set ${id} is not configured for AWS Marketplace.`);
    if (clientToken === undefined) return {};
    const before = state.notifications.get(clientToken);
    if (before === undefined) state.notifications.add({ ...input, id: clientToken });
    else if (!isDeepStrictEqual({ ...input, id: clientToken }, before)) {
      throw conflict("DATA_SET", id, `The client token ${clientToken} was used for another notification.`);
    }
    return {};
  },
} satisfies Partial<Handlers>;
