/** The interface of workers, which do the work of a job type, and the errors that they share. */
import type { JobError } from "../../service-model/job";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { Asset, Job, AccountRegion } from "../state/records";
import type { RegionState } from "../state/region-state";
import { ServiceError } from "../http/service-error";
import { ObjectError } from "../storage/service-storage";

export interface WorkerContext<D> {
  readonly job: Job;
  /** The details that go with the job's type, as they were requested. */
  readonly details: D;
  readonly state: RegionState;
  readonly accountRegion: AccountRegion;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  /** Whether a bucket whose objects are shared in place must have the policy that this needs. */
  readonly requireBucketPolicy?: boolean;
  /** Fires when the local service stops. */
  readonly signal: AbortSignal;
}

/** An asset whose bytes, if it has any, are in place under its id. */
export type NewAsset = Pick<Asset, "id" | "name" | "assetDetails">;

/** What came of the work; none of it shows before the job ends. */
export interface WorkerResult {
  /** Added to the job's revision, even beside errors. That the service keeps what could be imported is unverified. */
  readonly assets?: readonly NewAsset[];
  /** With any, the job ends in ERROR. */
  readonly errors?: readonly JobError[];
  /** Joined to the details that GetJob shows. */
  readonly response?: Readonly<Record<string, unknown>>;
}

export type Worker<D> = (work: WorkerContext<D>) => Promise<WorkerResult>;

/** Errors of jobs, for the cases that several types share. */

export const invalidError = (message: string, facts: Partial<JobError> = {}): JobError => ({
  code: "VALIDATION_EXCEPTION",
  message,
  ...facts,
});

/** The code that goes with what S3 refused. Throws on what was no refusal of S3. */
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
  // S3 denies for other reasons than permissions, such as an object that is archived; its name of the error says which.
  const isNamed = error instanceof ObjectError && error.reason === "denied" && error.code !== "AccessDenied";
  return isNamed ? `${error.code}: ${error.message}` : error.message;
}

/** What no worker foresaw. A resource that went, or was revoked, since the job was made is the service's own kind of error. */
export function toJobError(error: unknown): JobError {
  if (error instanceof ServiceError && error.code === "AccessDeniedException") {
    return { code: "ACCESS_DENIED_EXCEPTION", message: error.message };
  }
  if (error instanceof ServiceError && error.code === "ResourceNotFoundException") {
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

/** Copies within S3 that one job does at a time. */
export const copiesAtOnce = 8;
