import { GetJobCommand } from "@aws-sdk/client-dataexchange";

import type { World } from "../../harness/world";
import type { Secrets } from "./secrets";

/** Has the look-out know every signed URL that the service gave out. */
export async function plantSignedUrls(world: World, secrets: Secrets): Promise<void> {
  for (const { id } of world.local.jobs()) {
    const { Details } = await world.service.send(new GetJobCommand({ JobId: id }));
    const urls = [
      Details?.ExportAssetToSignedUrl?.SignedUrl,
      Details?.ImportAssetFromSignedUrl?.SignedUrl,
      Details?.ImportAssetFromApiGatewayApi?.ApiSpecificationUploadUrl,
    ];
    for (const url of urls) if (url !== undefined) secrets.plantSignedUrl(url);
  }
}
