import { assetOperations } from "./assets";
import { dataSetOperations } from "./data-sets";
import { jobOperations } from "./jobs";
import type { Operation } from "./operation";
import { revisionOperations } from "./revisions";

/** Every operation that the local service knows, by the service's name for it. */
export const operations = {
  ...dataSetOperations,
  ...revisionOperations,
  ...assetOperations,
  ...jobOperations,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const operationNames = Object.keys(operations) as OperationName[];

export const operationOf = (name: OperationName): Operation => operations[name];
