import { list, oneOf, optional, required, string, struct } from "../shape";
import {
  assetType,
  changing,
  creating,
  dataSetId,
  identity,
  nextToken,
  paging,
  reading,
  sourceId,
  tags,
  writing,
} from "./shared-shapes";
import type { Operation } from "./operation";

const entry = {
  ...identity,
  assetType: required(assetType, "Type of the assets that it may hold."),
  name: required(string(), "Its name."),
  description: required(string(), "Its description."),
  origin: required(oneOf("OWNED", "ENTITLED"), "Whether the account owns it or subscribes to it."),
  originDetails: optional(
    struct("OriginDetails", {
      productId: optional(string(), "Product that the account subscribes to."),
      dataGrantId: optional(string(), "Data grant that the account accepted."),
    }),
    "Where the account's right to an entitled data set comes from.",
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
      name: required(string(), "Its name."),
      description: required(string(), "Its description."),
      tags,
    }),
    output: struct("CreateDataSetResponse", { ...entry, tags }),
    errors: creating,
  },
  GetDataSet: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}",
    status: 200,
    input: struct("GetDataSetRequest", { dataSetId }),
    output: struct("GetDataSetResponse", { ...entry, tags }),
    errors: reading,
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
    errors: reading,
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
    errors: writing,
  },
  DeleteDataSet: {
    method: "DELETE",
    path: "/v1/data-sets/{dataSetId}",
    status: 204,
    input: struct("DeleteDataSetRequest", { dataSetId }),
    errors: changing,
  },
} as const satisfies Record<string, Operation>;
