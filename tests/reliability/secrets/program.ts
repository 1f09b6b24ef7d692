/** A program with every kind of secret that a job can have. */
import { asset } from "@pulumi/pulumi";

import { Job } from "../../../index";
import { openApi } from "../../harness/one-job-per-type";
import type { TestService } from "../../harness/service";
import { planted } from "./seeded-secrets";

type Outputs = Record<string, unknown>;

/** The program at a service, in the variant of a stage; each stage makes all its jobs anew. */
export async function secretProgram(
  service: TestService,
): Promise<(stage: string) => () => Promise<Outputs>> {
  const files = await service.createEmptyRevision();
  const apis = await service.createEmptyRevision("API_GATEWAY_API");
  await service.createBucket("source", { "a.csv": "1" });
  const { assetId } = await service.importAsset(files, "source", "a.csv");
  const { endpoint } = service.local;
  return (stage) => () => {
    const api = new Job("api", {
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: {
        importAssetFromApiGatewayApi: {
          ...apis,
          apiId: "abc",
          apiName: "prices",
          protocolType: "REST",
          stage,
          apiKey: planted.apiKey,
        },
      },
      upload: new asset.StringAsset(openApi(planted.body)),
      endpoint,
    });
    const download = new Job("download", {
      type: "EXPORT_ASSET_TO_SIGNED_URL",
      details: { exportAssetToSignedUrl: { ...files, assetId } },
      triggers: [stage],
      endpoint,
    });
    new Job("upload", {
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...files, assetName: stage } },
      upload: new asset.StringAsset(planted.body),
      endpoint,
    });
    return Promise.resolve({
      key: api.apiKey,
      details: api.details,
      download: download.signedUrl,
    });
  };
}
