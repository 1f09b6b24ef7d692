import { apiAssetOperations } from "./api-assets";
import { assetOperations } from "./assets";
import { dataGrantOperations } from "./data-grants";
import { dataSetOperations } from "./data-sets";
import { eventActionOperations } from "./event-actions";
import { jobOperations } from "./jobs";
import { notificationOperations } from "./notifications";
import type { Operation } from "./operation";
import { revisionOperations } from "./revisions";
import { tagOperations } from "./tags";

/** Every operation of the service, by the service's name for it. */
export const operations = {
  ...dataSetOperations,
  ...revisionOperations,
  ...assetOperations,
  ...jobOperations,
  ...eventActionOperations,
  ...dataGrantOperations,
  ...notificationOperations,
  ...tagOperations,
  ...apiAssetOperations,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const operationNames = Object.keys(operations) as OperationName[];

export const operationOf = (name: OperationName): Operation => operations[name];
