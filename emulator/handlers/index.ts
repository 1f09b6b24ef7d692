import type { OperationName } from "../model/index";
import { assetHandlers } from "./assets";
import type { Handler } from "./context";
import { dataSetHandlers } from "./data-sets";
import { jobHandlers } from "./jobs";
import { revisionHandlers } from "./revisions";

/** Every operation's handler; one that is missing does not compile. */
export const handlers: Readonly<Record<OperationName, Handler>> = {
  ...dataSetHandlers,
  ...revisionHandlers,
  ...assetHandlers,
  ...jobHandlers,
};
