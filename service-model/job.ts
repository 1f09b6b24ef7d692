/** What the service says of a job, an asset and an error, with the API's member names in camelCase. */
import { valuesAlong } from "../lib/path";
import { findJobType } from "./job-types";
import type { Infer } from "./shape";
import { knownValues, string, optional, required, struct, list, double } from "./shape";
import type { AssetConfiguration } from "./shared-shapes";

export const jobStates = ["WAITING", "IN_PROGRESS", "ERROR", "COMPLETED", "CANCELLED", "TIMED_OUT"] as const;
/**
 * Where a job is in its life; the last four are final. Source: API reference, `State`.
 *
 * @useDeclaredType
 */
export type JobState = (typeof jobStates)[number];

/**
 * Whether a job may still do something. A state that this version does not know counts as one that may, because only
 * the four final states are known to be an end.
 */
export const isUnfinished = (state: unknown): boolean =>
  typeof state === "string" && state !== "COMPLETED" && !isFailed(state);

/** States in which a job ended without having done what it was made for. */
export const isFailed = (state: unknown): boolean =>
  state === "ERROR" || state === "CANCELLED" || state === "TIMED_OUT";

export const jobError = struct("JobError", {
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
    "What kind of error it is.",
  ),
  message: required(string(), "The service's own sentence."),
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
  resourceType: optional(knownValues("REVISION", "ASSET", "DATA_SET"), "What that resource is."),
  details: optional(
    struct("JobErrorDetails", {
      importAssetFromSignedUrlJobErrorDetails: optional(
        struct("ImportAssetFromSignedUrlJobErrorDetails", {
          assetName: required(string(), "Asset whose import failed."),
        }),
        "Which asset of a signed-URL import failed.",
      ),
      importAssetsFromS3JobErrorDetails: optional(
        list(
          struct("JobErrorAssetSource", {
            bucket: required(string(), "Bucket of the object."),
            key: required(string(), "Key of the object."),
          }),
        ),
        "Which objects of an S3 import failed.",
      ),
    }),
    "What exactly failed.",
  ),
});

/** Why a job failed. */
// An interface, so that its name stands in the API reference instead of its members.
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

/**
 * The assets that a job made, as a state keeps them: what follows from the job is not kept, and is worked out here. The
 * name of an imported object is its key; type and ARN follow from the job.
 */

/** An asset that an import made, as the provider knows it. */
export interface CreatedAsset {
  id: string;
  name: string;
}

/** The same in state. Without a name, it has the one that the job's details ask for at its place. */
export interface AssetInState {
  id: string;
  name?: string;
}

/** An asset that an import made. */
export interface JobAsset {
  /** 30 to 40 letters and digits. */
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

/** The names that a job's details ask for, in their order; none where the type does not name its assets. */
function requestedAssetNames({ type, details }: Job): string[] {
  const jobType = findJobType(type);
  if (jobType?.createsAssets?.assetKey.join(".") !== "name") return [];
  return valuesAlong(
    jobType.createsAssets.requestKey,
    (details as Record<string, unknown> | undefined)?.[jobType.detailsKey],
  );
}

/** In the order of the details as far as these name them, and without the names that stand there. */
export function withoutImpliedNames(job: Job, assets: readonly CreatedAsset[]): AssetInState[] {
  const names = requestedAssetNames(job);
  const byName = new Map<string, CreatedAsset[]>();
  for (const asset of assets) byName.set(asset.name, [...(byName.get(asset.name) ?? []), asset]);
  const inOrder = names.flatMap((name) => byName.get(name)?.shift() ?? []);
  const others = [...byName.values()].flat();
  return [...inOrder, ...others].map(({ id, name }, place) =>
    name === names[place] ? { id } : { id, name },
  );
}

export function withImpliedNames(job: Job, assets: readonly AssetInState[]): CreatedAsset[] {
  const names = assets.some(({ name }) => name === undefined) ? requestedAssetNames(job) : [];
  return assets.map((asset, place) => ({ ...asset, name: asset.name ?? names[place] ?? "" }));
}

/** The assets with all that follows from the job that made them. */
export function jobAssets(job: Job & { readonly arn: string }, assets: readonly AssetInState[]): JobAsset[] {
  const jobType = findJobType(job.type);
  const { dataSetId, revisionId } = ((job.details as Record<string, unknown>)[jobType?.detailsKey ?? ""] ??
    {}) as Record<string, string>;
  const place = ((job.arn as string | undefined) ?? "").replace(
    /:jobs\/.*$/,
    `:data-sets/${dataSetId}/revisions/${revisionId}/assets`,
  );
  return withImpliedNames(job, assets).map(({ id, name }) => ({
    id,
    arn: `${place}/${id}`,
    name,
    assetType: jobType?.assetTypes[0] ?? "",
  }));
}
