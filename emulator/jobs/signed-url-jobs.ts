import type { UploadedBody } from "../state/records";
import { assetKey } from "../state/records";
import type { WorkerContext, Worker } from "./worker";
import { invalidError } from "./worker";
import { text } from "node:stream/consumers";
import type { JobError } from "../../service-model/job";

interface UploadDetails {
  readonly assetName: string;
  readonly md5Hash: string;
}

export const runImportAssetFromSignedUrl: Worker<UploadDetails> = async (work) => {
  const { details, objects, state, accountRegion, signal } = work;
  const { upload, error } = findUpload(work, details.md5Hash);
  if (error) {
    const { assetName } = details;
    return { errors: [{ ...error, details: { importAssetFromSignedUrlJobErrorDetails: { assetName } } }] };
  }
  const id = state.newId();
  await objects.copyWithin(upload.key, assetKey(accountRegion, id), signal);
  return {
    assets: [{ id, name: details.assetName, assetDetails: { s3SnapshotAsset: { size: upload.size } } }],
  };
};

interface DownloadDetails {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetId: string;
}

export const runExportAssetToSignedUrl: Worker<DownloadDetails> = ({
  details,
  state,
  job,
  accountRegion,
  urls,
}) => {
  const { dataSetId, revisionId, assetId } = details;
  state.exportableRevision(dataSetId, revisionId);
  const { objectKey } = state.asset(dataSetId, revisionId, assetId);
  const { url, expiresAt } = urls.issue("GET", objectKey, accountRegion, job.origin);
  return Promise.resolve({ response: { signedUrl: url, signedUrlExpiresAt: expiresAt } });
};

interface ApiDetails {
  readonly apiId: string;
  readonly apiName: string;
  readonly apiSpecificationMd5Hash: string;
  readonly protocolType: string;
  readonly stage: string;
  readonly apiDescription?: string;
  readonly apiKey?: string;
}

/** A specification is read as a whole to be parsed; real ones are far smaller than this. */
const specificationLimit = 20 * 1024 ** 2;

export const runImportAssetFromApiGatewayApi: Worker<ApiDetails> = async (work) => {
  const { details, objects, state, accountRegion, signal } = work;
  const { upload, error } = findUpload(work, details.apiSpecificationMd5Hash);
  if (error) return { errors: [error] };
  if (upload.size > specificationLimit) {
    return { errors: [invalidError(`The specification is larger than ${specificationLimit} bytes.`)] };
  }
  if (!isOpenApi3(await text((await objects.openObject(upload.key)).body))) {
    return { errors: [invalidError("The specification is not an OpenAPI 3 document in JSON.")] };
  }
  const id = state.newId();
  await objects.copyWithin(upload.key, assetKey(accountRegion, id), signal);
  return { assets: [{ id, name: details.apiName, assetDetails: { apiGatewayApiAsset: apiAsset(work) } }] };
};

function isOpenApi3(specification: string): boolean {
  try {
    const { openapi } = JSON.parse(specification) as { openapi?: unknown };
    return typeof openapi === "string" && /^3\.\d/.test(openapi);
  } catch {
    return false;
  }
}

function apiAsset({ details, accountRegion }: WorkerContext<ApiDetails>): Record<string, unknown> {
  const { apiId, apiName, protocolType, stage, apiDescription, apiKey } = details;
  return {
    apiId,
    apiName,
    protocolType,
    stage,
    apiDescription,
    apiKey,
    apiEndpoint: `https://${apiId}.execute-api.${accountRegion.region}.amazonaws.com/${stage}`,
  };
}

type Found =
  | { readonly upload: UploadedBody; readonly error?: undefined }
  | { readonly upload?: undefined; readonly error: JobError };

/** The uploaded body if it has the MD5 of the job, or else the error of the job. */
export function findUpload({ job: { upload } }: WorkerContext<unknown>, md5: string): Found {
  if (!upload)
    return { error: invalidError("Nothing was uploaded to the signed URL before the job was started.") };
  if (upload.md5 !== md5) {
    return {
      error: invalidError(`The MD5 of the uploaded body is ${upload.md5}, but the job specifies ${md5}.`),
    };
  }
  return { upload };
}
