/** The interface of workers, each of which runs the jobs of a type, and their common errors. */
import type { JobError } from "../../service-model/job";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { Asset, Job, AccountRegion } from "../state/records";
import type { RegionState } from "../state/region-state";
import { ApiError } from "../state/api-error";
import { ObjectError } from "../storage/service-storage";

export interface WorkerContext<D> {
  readonly job: Job;
  /** The details of the request for the job's type. */
  readonly details: D;
  readonly state: RegionState;
  readonly accountRegion: AccountRegion;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  /** Whether S3 data access requires a bucket policy for access points. */
  readonly requireBucketPolicy?: boolean;
  /** Aborts when the local service stops. */
  readonly signal: AbortSignal;
}

/** An asset whose bytes, if any, are stored under its id. */
export type NewAsset = Pick<Asset, "id" | "name" | "assetDetails">;

/** The result of the work, which the API returns only after the job has ended. */
export interface WorkerResult {
  /** Added to the job's revision, even if there are errors. That the service keeps the imported assets is unverified. */
  readonly assets?: readonly NewAsset[];
  /** If there are any, the job ends in ERROR. */
  readonly errors?: readonly JobError[];
  /** Added to the details that GetJob returns. */
  readonly response?: Readonly<Record<string, unknown>>;
}

export type Worker<D> = (work: WorkerContext<D>) => Promise<WorkerResult>;

export const invalidError = (message: string, facts: Partial<JobError> = {}): JobError => ({
  code: "VALIDATION_EXCEPTION",
  message,
  ...facts,
});

/** The code of the job error for an error of S3. Throws every other error. */
export function jobErrorCodeOf(error: unknown): string {
  if (!(error instanceof ObjectError)) throw error;
  return codes[error.reason];
}

const codes: Readonly<Record<ObjectError["reason"], string>> = {
  missing: "RESOURCE_NOT_FOUND_EXCEPTION",
  denied: "ACCESS_DENIED_EXCEPTION",
  invalid: "VALIDATION_EXCEPTION",
  failed: "INTERNAL_SERVER_EXCEPTION",
};

export function jobErrorMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // S3 also denies requests for reasons other than permissions, such as archived objects; the error's name is the reason.
  const isNamed = error instanceof ObjectError && error.reason === "denied" && error.code !== "AccessDenied";
  return isNamed ? `${error.code}: ${error.message}` : error.message;
}

/** The job error for an error that a worker threw, such as that of a resource deleted or revoked after CreateJob. */
export function toJobError(error: unknown): JobError {
  if (error instanceof ApiError && error.code === "AccessDeniedException") {
    return { code: "ACCESS_DENIED_EXCEPTION", message: error.message };
  }
  if (error instanceof ApiError && error.code === "ResourceNotFoundException") {
    const { ResourceId, ResourceType } = error.facts;
    return {
      code: "RESOURCE_NOT_FOUND_EXCEPTION",
      message: error.message,
      resourceId: String(ResourceId),
      resourceType: String(ResourceType),
    };
  }
  const code = error instanceof ObjectError ? codes[error.reason] : "INTERNAL_SERVER_EXCEPTION";
  return { code, message: jobErrorMessageOf(error) };
}

/** Maximum number of concurrent copies within S3 of one job. */
export const copiesAtOnce = 8;
