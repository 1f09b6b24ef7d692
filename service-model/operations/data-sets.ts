import type { Rule } from "../shape";
import { list, oneOf, optional, required, string, struct, timestamp } from "../shape";
import { assetType, dataSetId, identity, nextToken, paging, sourceId, tags } from "../shared-shapes";
import type { Operation } from "./operation";
import { changeErrors, createErrors, readErrors, writeErrors } from "./operation";

const entry = {
  ...identity,
  assetType: required(assetType, "Type of the assets that it may hold."),
  name: required(string(), "Name of the data set."),
  description: required(string(), "Description of the data set."),
  origin: required(oneOf("OWNED", "ENTITLED"), "Whether the account owns it or subscribes to it."),
  originDetails: optional(
    struct("OriginDetails", {
      productId: optional(string(), "Product that the account subscribes to."),
      dataGrantId: optional(string(), "Data grant that the account accepted."),
    }),
    "The product or data grant behind an entitled data set.",
  ),
  sourceId,
};

export const dataSetOperations = {
  CreateDataSet: {
    method: "POST",
    path: "/v1/data-sets",
    status: 201,
    input: struct("CreateDataSetRequest", {
      assetType: required(assetType, "Type of the assets that it may hold."),
      name: required(string(), "Name of the data set."),
      description: required(string(), "Description of the data set."),
      tags,
    }),
    output: struct("CreateDataSetResponse", { ...entry, tags }),
    errors: createErrors,
  },
  GetDataSet: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}",
    status: 200,
    input: struct("GetDataSetRequest", { dataSetId }),
    output: struct("GetDataSetResponse", { ...entry, tags }),
    errors: readErrors,
  },
  ListDataSets: {
    method: "GET",
    path: "/v1/data-sets",
    query: ["maxResults", "nextToken", "origin"],
    status: 200,
    input: struct("ListDataSetsRequest", {
      ...paging,
      origin: optional(string(), "`OWNED`, the default, or `ENTITLED`."),
    }),
    output: struct("ListDataSetsResponse", {
      dataSets: required(list(struct("DataSetEntry", entry)), "Data sets, newest first."),
      nextToken,
    }),
    errors: readErrors,
  },
  UpdateDataSet: {
    method: "PATCH",
    path: "/v1/data-sets/{dataSetId}",
    status: 200,
    input: struct("UpdateDataSetRequest", {
      dataSetId,
      name: optional(string(), "New name."),
      description: optional(string(), "New description."),
    }),
    output: struct("UpdateDataSetResponse", entry),
    errors: writeErrors,
  },
  DeleteDataSet: {
    method: "DELETE",
    path: "/v1/data-sets/{dataSetId}",
    status: 204,
    input: struct("DeleteDataSetRequest", { dataSetId }),
    errors: changeErrors,
  },
} as const satisfies Record<string, Operation>;

/** Notifications from the owner of a data set to its subscribers. */

/** Details of each type of notification; a delay has none. */
const detailsKeys: Readonly<Record<string, string | undefined>> = {
  DATA_UPDATE: "dataUpdate",
  DEPRECATION: "deprecation",
  SCHEMA_CHANGE: "schemaChange",
};

const detailsOfNotificationType: Rule = ({ type, details }, report) => {
  if (typeof type !== "string" || typeof details !== "object" || details === null) return;
  for (const name of Object.keys(details)) {
    if (name !== detailsKeys[type])
      report(["details", name], "wrong-details", `does not belong to the type ${type}`);
  }
};

const names = list(string());

const scope = struct("ScopeDetails", {
  lakeFormationTagPolicies: optional(
    list(
      struct("LakeFormationTagPolicyDetails", {
        database: optional(string(), "Affected database."),
        table: optional(string(), "Table that it is about."),
      }),
    ),
    "Affected Lake Formation resources.",
  ),
  redshiftDataShares: optional(
    list(
      struct("RedshiftDataShareDetails", {
        arn: required(string(), "ARN of the datashare."),
        database: required(string(), "Database in the datashare."),
        function: optional(string(), "Function in the database."),
        table: optional(string(), "Table in the database."),
        schema: optional(string(), "Schema in the database."),
        view: optional(string(), "View in the database."),
      }),
    ),
    "Affected Redshift resources.",
  ),
  s3DataAccesses: optional(
    list(
      struct("S3DataAccessDetails", {
        keyPrefixes: optional(names, "Affected prefixes."),
        keys: optional(names, "Keys that it is about."),
      }),
    ),
    "Affected S3 objects.",
  ),
});

const details = struct("NotificationDetails", {
  dataUpdate: optional(
    struct("DataUpdateRequestDetails", { dataUpdatedAt: optional(timestamp(), "When the data changed.") }),
    "Of a data update.",
  ),
  deprecation: optional(
    struct("DeprecationRequestDetails", {
      deprecationAt: required(timestamp(), "When the data set will be removed."),
    }),
    "Of a deprecation.",
  ),
  schemaChange: optional(
    struct("SchemaChangeRequestDetails", {
      changes: optional(
        list(
          struct("SchemaChangeDetails", {
            name: required(string(), "Name of the changed item."),
            type: required(oneOf("ADD", "REMOVE", "MODIFY"), "How it changes."),
            description: optional(string(), "Description of the change."),
          }),
        ),
        "The changes.",
      ),
      schemaChangeAt: required(timestamp(), "When the schema changes."),
    }),
    "Of a schema change.",
  ),
});

export const notificationOperations = {
  SendDataSetNotification: {
    method: "POST",
    path: "/v1/data-sets/{dataSetId}/notification",
    status: 202,
    input: struct(
      "SendDataSetNotificationRequest",
      {
        dataSetId,
        type: required(
          oneOf("DATA_DELAY", "DATA_UPDATE", "DEPRECATION", "SCHEMA_CHANGE"),
          "Details of the notification.",
        ),
        scope: optional(scope, "Affected parts of the data set. Default: the whole data set."),
        details: optional(details, "More, by the type."),
        comment: optional(string({ maxLength: 4096 }), "Comment for subscribers."),
        clientToken: optional(
          string({
            minLength: 1,
            maxLength: 64,
            pattern: "[!-~]{1,64}",
            meaning: "1 to 64 printable characters",
          }),
          "Distinguishes a repeated request from a second notification.",
        ),
      },
      [detailsOfNotificationType],
    ),
    output: struct("SendDataSetNotificationResponse", {}),
    errors: changeErrors,
  },
} as const satisfies Record<string, Operation>;
