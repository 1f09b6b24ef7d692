/** Jobs, data sets, revisions, assets and errors as the service shows them, with the API's member names in camelCase. */
import { valuesAlong } from "../lib/path";
import { findJobType } from "./job-types";
import type { Infer } from "./shape";
import { documentedStruct, double, knownValues, list, optional, required, string } from "./shape";
import type { AssetConfiguration } from "./shared-shapes";

export const jobStates = ["WAITING", "IN_PROGRESS", "ERROR", "COMPLETED", "CANCELLED", "TIMED_OUT"] as const;
/**
 * State of a job; the last four are final. Source: API reference, `State`.
 *
 * @useDeclaredType
 */
export type JobState = (typeof jobStates)[number];

/**
 * Whether a job may still change. A state that this version does not know counts as unfinished, because only the four
 * final states are known to be final.
 */
export const isUnfinished = (state: unknown): boolean =>
  typeof state === "string" && state !== "COMPLETED" && !isFailed(state);

/** Whether a job ended without doing its work. */
export const isFailed = (state: unknown): boolean =>
  state === "ERROR" || state === "CANCELLED" || state === "TIMED_OUT";

export const jobError = documentedStruct("JobError", "Why a job failed.", {
  code: required(
    knownValues(
      "ACCESS_DENIED_EXCEPTION",
      "INTERNAL_SERVER_EXCEPTION",
      "MALWARE_DETECTED",
      "RESOURCE_NOT_FOUND_EXCEPTION",
      "SERVICE_QUOTA_EXCEEDED_EXCEPTION",
      "VALIDATION_EXCEPTION",
      "MALWARE_SCAN_ENCRYPTED_FILE",
    ),
    "Kind of error.",
  ),
  message: required(string(), "Message of the service."),
  limitName: optional(
    knownValues(
      "Assets per revision",
      "Asset size in GB",
      "Amazon Redshift datashare assets per revision",
      "AWS Lake Formation data permission assets per revision",
      "Amazon S3 data access assets per revision",
    ),
    "Limit that was reached.",
  ),
  limitValue: optional(double(), "Value of that limit."),
  resourceId: optional(string(), "Id of the resource that the error is about."),
  resourceType: optional(knownValues("REVISION", "ASSET", "DATA_SET"), "Type of that resource."),
  details: optional(
    documentedStruct("JobErrorDetails", "What could not be imported, for the types of jobs that report it.", {
      importAssetFromSignedUrlJobErrorDetails: optional(
        documentedStruct("ImportAssetFromSignedUrlJobErrorDetails", "The upload that failed.", {
          assetName: required(string(), "Asset whose import failed."),
        }),
        "Asset of a signed URL import that failed.",
      ),
      importAssetsFromS3JobErrorDetails: optional(
        list(
          documentedStruct("JobErrorAssetSource", "An object of S3 that could not be imported.", {
            bucket: required(string(), "Bucket of the object."),
            key: required(string(), "Key of the object."),
          }),
        ),
        "Objects of an S3 import that failed.",
      ),
    }),
    "Assets or objects that failed.",
  ),
});

/** Why a job failed. */
// An interface, so that the API reference shows its name instead of its members.
export interface JobError extends Infer<typeof jobError> {}

/** A job as GetJob and ListJobs show it. */
export interface ServiceJob {
  id: string;
  arn: string;
  type: string;
  state: JobState;
  /** Keyed by the type's details key. */
  details: Record<string, Record<string, unknown>>;
  errors?: JobError[];
  assetConfiguration?: AssetConfiguration;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** An asset as ListRevisionAssets shows it. */
export interface ServiceAsset {
  id: string;
  arn: string;
  name: string;
  assetType: string;
  /** Keyed by the kind of asset, for example `s3SnapshotAsset`. */
  assetDetails?: Record<string, Record<string, unknown>>;
  /** ISO 8601. */
  createdAt: string;
}

/** Whether the account owns a data set (`OWNED`) or is entitled to one of another account (`ENTITLED`). */
export type DataSetOrigin = "OWNED" | "ENTITLED";

/** A data set as ListDataSets shows it. */
export interface ServiceDataSet {
  id: string;
  arn: string;
  name: string;
  description: string;
  assetType: string;
  origin: DataSetOrigin;
  /** ISO 8601. */
  createdAt: string;
}

/** A revision as GetRevision and ListDataSetRevisions show it. */
export interface ServiceRevision {
  id: string;
  arn: string;
  comment?: string;
  /** Read-only; its assets cannot be deleted unless it is revoked as well. */
  finalized: boolean;
  /** Its subscribers have lost their access to it. */
  revoked?: boolean;
  /** ISO 8601. */
  createdAt: string;
}

/** A created asset as the provider uses it. Its type and ARN follow from the job. */
export interface CreatedAsset {
  id: string;
  name: string;
}

/** A created asset in state. The name is left out if the job's details have it at the same index. */
export interface AssetInState {
  id: string;
  name?: string;
}

/** An asset that an import created. */
export interface JobAsset {
  /** Id of the asset, 30 to 40 letters and digits. */
  id: string;
  /** ARN of the asset. */
  arn: string;
  /** Name of the asset; not unique in a revision. */
  name: string;
  /** `S3_SNAPSHOT`, `REDSHIFT_DATA_SHARE`, `API_GATEWAY_API`, `S3_DATA_ACCESS` or `LAKE_FORMATION_DATA_PERMISSION`. */
  assetType: string;
}

interface Job {
  readonly type: string;
  readonly details: unknown;
}

/** The asset names in a job's details, in their order. None if jobs of the type do not name their assets. */
function requestedAssetNames({ type, details }: Job): string[] {
  const jobType = findJobType(type);
  if (jobType?.createsAssets?.assetKey.join(".") !== "name") return [];
  return valuesAlong(
    jobType.createsAssets.requestKey,
    (details as Record<string, unknown> | undefined)?.[jobType.detailsKey],
  );
}

/** The assets in the order of the details, without names that the details contain. Other assets follow. */
export function withoutImpliedNames(job: Job, assets: readonly CreatedAsset[]): AssetInState[] {
  const names = requestedAssetNames(job);
  const byName = new Map<string, CreatedAsset[]>();
  for (const asset of assets) byName.set(asset.name, [...(byName.get(asset.name) ?? []), asset]);
  const inOrder = names.flatMap((name) => byName.get(name)?.shift() ?? []);
  const others = [...byName.values()].flat();
  return [...inOrder, ...others].map(({ id, name }, index) =>
    name === names[index] ? { id } : { id, name },
  );
}

export function withImpliedNames(job: Job, assets: readonly AssetInState[]): CreatedAsset[] {
  const names = assets.some(({ name }) => name === undefined) ? requestedAssetNames(job) : [];
  return assets.map((asset, index) => ({ ...asset, name: asset.name ?? names[index] ?? "" }));
}

/** The assets with their types and ARNs. */
export function jobAssets(job: Job & { readonly arn: string }, assets: readonly AssetInState[]): JobAsset[] {
  const jobType = findJobType(job.type);
  const { dataSetId, revisionId } = ((job.details as Record<string, unknown>)[jobType?.detailsKey ?? ""] ??
    {}) as Record<string, string>;
  const parentArn = ((job.arn as string | undefined) ?? "").replace(
    /:jobs\/.*$/,
    `:data-sets/${dataSetId}/revisions/${revisionId}/assets`,
  );
  return withImpliedNames(job, assets).map(({ id, name }) => ({
    id,
    arn: `${parentArn}/${id}`,
    name,
    assetType: jobType?.assetTypes[0] ?? "",
  }));
}
