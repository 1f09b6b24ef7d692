import type { OperationName } from "../../service-model/operations/index";
import { apiAssetHandlers } from "./api-assets";
import { assetHandlers } from "./assets";
import type { Handler } from "./handler";
import { dataGrantHandlers } from "./data-grants";
import { dataSetHandlers, notificationHandlers } from "./data-sets";
import { eventActionHandlers } from "./event-actions";
import { jobHandlers } from "./jobs";
import { revisionHandlers } from "./revisions";
import { tagHandlers } from "./tags";

/** Every operation's handler; one that is missing does not compile. */
export const handlers: Readonly<Record<OperationName, Handler>> = {
  ...dataSetHandlers,
  ...revisionHandlers,
  ...assetHandlers,
  ...jobHandlers,
  ...eventActionHandlers,
  ...dataGrantHandlers,
  ...notificationHandlers,
  ...tagHandlers,
  ...apiAssetHandlers,
};
