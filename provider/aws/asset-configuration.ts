import type { DataExchangeClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-dataexchange";
import type { SerializeMiddleware } from "@smithy/types";

interface Step {
  input: { AssetConfiguration?: unknown };
  request: { body?: unknown };
}

/**
 * The API takes `AssetConfiguration` at CreateJob, and clients before it was added drop it without a word: it is put
 * into the request's body where it is missing, before the request is measured and signed.
 */
export function sendAssetConfiguration(client: DataExchangeClient): void {
  const middleware: SerializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (args) => {
    const { input, request } = args as Step;
    if (input.AssetConfiguration !== undefined && typeof request.body === "string") {
      const body = JSON.parse(request.body) as object;
      request.body = JSON.stringify({ AssetConfiguration: input.AssetConfiguration, ...body });
    }
    return next(args);
  };
  client.middlewareStack.addRelativeTo(middleware, {
    name: "sendAssetConfiguration",
    relation: "after",
    toMiddleware: "serializerMiddleware",
  });
}
