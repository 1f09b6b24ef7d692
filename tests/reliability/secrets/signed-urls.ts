import { GetJobCommand } from "@aws-sdk/client-dataexchange";

import type { TestService } from "../../harness/service";
import type { Secrets } from "./secrets";

/** Has the look-out know every signed URL that the service gave out. */
export async function plantSignedUrls(service: TestService, secrets: Secrets): Promise<void> {
  for (const { id } of service.local.jobs()) {
    const { Details } = await service.dataExchange.send(new GetJobCommand({ JobId: id }));
    const urls = [
      Details?.ExportAssetToSignedUrl?.SignedUrl,
      Details?.ImportAssetFromSignedUrl?.SignedUrl,
      Details?.ImportAssetFromApiGatewayApi?.ApiSpecificationUploadUrl,
    ];
    for (const url of urls) if (url !== undefined) secrets.plantSignedUrl(url);
  }
}
