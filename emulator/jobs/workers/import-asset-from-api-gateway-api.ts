import { text } from "node:stream/consumers";
import { assetKey } from "../../state/arns-and-keys";
import { invalidError } from "../errors";
import { findUpload } from "../find-upload";
import type { Work, Worker } from "../worker";

interface Details {
  readonly apiId: string;
  readonly apiName: string;
  readonly apiSpecificationMd5Hash: string;
  readonly protocolType: string;
  readonly stage: string;
  readonly apiDescription?: string;
  readonly apiKey?: string;
}

/** A specification has to be read whole to be parsed; none in earnest comes near this. */
const specificationLimit = 20 * 1024 ** 2;

export const importAssetFromApiGatewayApi: Worker<Details> = async (work) => {
  const { details, objects, state, place, signal } = work;
  const { upload, error } = findUpload(work, details.apiSpecificationMd5Hash);
  if (error) return { errors: [error] };
  if (upload.size > specificationLimit) {
    return { errors: [invalidError(`The specification is larger than ${specificationLimit} bytes.`)] };
  }
  if (!isOpenApi3(await text((await objects.openObject(upload.key)).body))) {
    return { errors: [invalidError("The specification is not an OpenAPI 3 document in JSON.")] };
  }
  const id = state.newId();
  await objects.copyWithin(upload.key, assetKey(place, id), signal);
  return { assets: [{ id, name: details.apiName, assetDetails: { apiGatewayApiAsset: assetOf(work) } }] };
};

function isOpenApi3(specification: string): boolean {
  try {
    const { openapi } = JSON.parse(specification) as { openapi?: unknown };
    return typeof openapi === "string" && /^3\.\d/.test(openapi);
  } catch {
    return false;
  }
}

function assetOf({ details, place }: Work<Details>): Record<string, unknown> {
  const { apiId, apiName, protocolType, stage, apiDescription, apiKey } = details;
  return {
    apiId,
    apiName,
    protocolType,
    stage,
    apiDescription,
    apiKey,
    apiEndpoint: `https://${apiId}.execute-api.${place.region}.amazonaws.com/${stage}`,
  };
}
