import { isDeepStrictEqual } from "node:util";
import type { AssetType } from "../../service-model/job-type";
import { conflict, invalid } from "../http/service-error";
import { wireName } from "../http/wire";
import type { Context, Handler } from "./context";

interface SendDataSetNotification {
  readonly dataSetId: string;
  readonly type: string;
  readonly scope?: Readonly<Record<string, unknown>>;
  readonly clientToken?: string;
}

/** The part of the scope that goes with a type of assets; files have none, a notification is about all of them. */
const scopeOf: Partial<Record<AssetType, string>> = {
  LAKE_FORMATION_DATA_PERMISSION: "lakeFormationTagPolicies",
  REDSHIFT_DATA_SHARE: "redshiftDataShares",
  S3_DATA_ACCESS: "s3DataAccesses",
};

export const notificationHandlers = {
  SendDataSetNotification: (input: SendDataSetNotification, { state, marketplace }: Context) => {
    const { dataSetId, scope = {}, clientToken } = input;
    const { id, assetType } = state.ownDataSet(dataSetId);
    const stray = Object.keys(scope).find((name) => name !== scopeOf[assetType]);
    if (stray)
      throw invalid(`Scope.${wireName(stray)} does not go with ${id}, a data set of type ${assetType}.`);
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
} satisfies Record<string, Handler>;
