/** Small valid inputs of each kind, and helpers to inspect results. */
import { CodedError } from "../../lib/message-code";
import type { JobInputs } from "../../provider/core/arguments";
import { UnfinishedJobError } from "../../provider/core/errors";
import type { JobState } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types";
import { body, md5Of } from "./host";
import type { SimulatedJob, Simulator } from "./simulator";

export const dataSetId = "d".repeat(32);
export const revisionId = "r".repeat(32);
export const assetId = "a".repeat(32);
const ids = { dataSetId, revisionId };

export const hour = 3_600_000;
export const day = 24 * hour;

export const s3Import = (keys: readonly string[] = ["a.csv"], more: Partial<JobInputs> = {}): JobInputs => ({
  type: "IMPORT_ASSETS_FROM_S3",
  details: { importAssetsFromS3: { ...ids, assetSources: keys.map((key) => ({ bucket: "source", key })) } },
  ...more,
});

export const upload = (text = "prices", more: Partial<JobInputs> = {}): JobInputs => ({
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { ...ids, assetName: "prices.csv" } },
  upload: body(text),
  ...more,
});

export const s3Export = (keys: readonly string[] = ["a.csv"], more: Partial<JobInputs> = {}): JobInputs => ({
  type: "EXPORT_ASSETS_TO_S3",
  details: {
    exportAssetsToS3: { ...ids, assetDestinations: keys.map((key) => ({ assetId, bucket: "target", key })) },
  },
  ...more,
});

export const urlExport = (): JobInputs => ({
  type: "EXPORT_ASSET_TO_SIGNED_URL",
  details: { exportAssetToSignedUrl: { ...ids, assetId } },
});

export const apiImport = (own: Record<string, unknown> = {}): JobInputs => {
  const api = { apiId: "a1", apiName: "weather", protocolType: "REST", stage: "prod" };
  const details = { importAssetFromApiGatewayApi: { ...ids, ...api, ...own } };
  return { type: "IMPORT_ASSET_FROM_API_GATEWAY_API", details, upload: body("{}") };
};

export const tagPolicyImport = (value = "public"): JobInputs => ({
  type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
  details: {
    importAssetsFromLakeFormationTagPolicy: {
      ...{ ...ids, catalogId: "123456789012", roleArn: "arn:aws:iam::123456789012:role/licensing" },
      database: { expression: [{ tagKey: "share", tagValues: [value, "all"] }], permissions: ["DESCRIBE"] },
    },
  },
});

/** URN of a resource. */
export const urn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:Job::prices";

/** A job for the same work that the service has already. */
export function existing(
  service: Simulator,
  inputs: JobInputs,
  state: JobState,
  { age = hour, assets = true }: { age?: number; assets?: boolean } = {},
): SimulatedJob {
  const { upload: uploaded, detailsKey } = jobTypeOf(inputs.type);
  const details = { ...inputs.details[detailsKey] };
  if (uploaded && inputs.upload) details[uploaded.md5] ??= md5Of(inputs.upload.text!);
  const job = service.newJob({ ...inputs, details: { [detailsKey]: details } }, age);
  if (state !== "WAITING") service.run(job);
  if (state === "WAITING" || state === "IN_PROGRESS") return job;
  Object.assign(job, { state, updatedAt: service.clock.iso(-age + 5_000) });
  if (state === "COMPLETED" && assets) service.complete(job);
  return job;
}

/** The code of the error that a promise rejects with. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  (await failureOf(work, CodedError)).code;

/** The error of a promise that leaves a job in state. */
export const unfinishedOf = (work: Promise<unknown>) => failureOf(work, UnfinishedJobError);

/** The error that a promise rejects with. */
export async function failureOf<E extends Error = Error>(
  work: Promise<unknown>,
  kind: abstract new (...args: never[]) => E = Error as never,
): Promise<E> {
  const error: unknown = await work.then(
    (value) => Promise.reject(new Error(`It resolved with ${JSON.stringify(value)}.`)),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof kind)) throw error;
  return error;
}
