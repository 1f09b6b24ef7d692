import type { Infer, Shape } from "../shape";
import { apiAssetOperations, assetOperations } from "./assets";
import { dataGrantOperations } from "./data-grants";
import { dataSetOperations, notificationOperations } from "./data-sets";
import { eventActionOperations } from "./event-actions";
import { jobOperations } from "./jobs";
import type { Operation } from "./operation";
import { revisionOperations } from "./revisions";
import { tagOperations } from "./tags";

/** Every operation of the service, by its name in the API. */
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

/** The input of an operation, as its shape describes it: `Input<"CreateJob">`. */
export type Input<Name extends OperationName> = Infer<(typeof operations)[Name]["input"]>;

/** The output of an operation. Undefined if its response has no body. */
export type Output<Name extends OperationName> = (typeof operations)[Name] extends {
  output: infer Of extends Shape;
}
  ? Infer<Of>
  : void;
