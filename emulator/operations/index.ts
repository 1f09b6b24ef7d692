import { apiAssetHandlers } from "./api-assets";
import { assetHandlers } from "./assets";
import type { Handlers } from "./handler";
import { dataGrantHandlers } from "./data-grants";
import { dataSetHandlers, notificationHandlers } from "./data-sets";
import { eventActionHandlers } from "./event-actions";
import { jobHandlers } from "./jobs";
import { revisionHandlers } from "./revisions";
import { tagHandlers } from "./tags";

/** The handler of every operation; a missing one does not compile. */
export const handlers: Handlers = {
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
