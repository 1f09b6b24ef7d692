/** What the service says of a job, an asset and an error, with the API's member names in camelCase. */
import { oneOf, string, optional, required, struct, list, double } from "./shape";

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
    oneOf(
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
    oneOf(
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
  resourceType: optional(oneOf("REVISION", "ASSET", "DATA_SET"), "What that resource is."),
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

export interface JobError {
  code: string;
  message: string;
  limitName?: string;
  limitValue?: number;
  resourceId?: string;
  resourceType?: string;
  details?: {
    importAssetFromSignedUrlJobErrorDetails?: { assetName: string };
    importAssetsFromS3JobErrorDetails?: { bucket: string; key: string }[];
  };
}

/** A job as GetJob and ListJobs show it. */
export interface ServiceJob {
  id: string;
  arn: string;
  type: string;
  state: JobState;
  /** Keyed by the type's details key. */
  details: Record<string, Record<string, unknown>>;
  errors?: JobError[];
  assetConfiguration?: { tags?: { key: string; value: string }[] };
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
