/** Errors of jobs, for the cases that several types share. */
import type { JobError } from "../../service-model/job";
import { ServiceError } from "../http/service-error";
import { ObjectError } from "../storage/service-storage";

export const invalidError = (message: string, facts: Partial<JobError> = {}): JobError => ({
  code: "VALIDATION_EXCEPTION",
  message,
  ...facts,
});

/** The code that goes with what S3 refused. Throws on what was no refusal of S3. */
export function codeOf(error: unknown): string {
  if (!(error instanceof ObjectError)) throw error;
  return codes[error.reason];
}

const codes: Readonly<Record<ObjectError["reason"], string>> = {
  missing: "RESOURCE_NOT_FOUND_EXCEPTION",
  denied: "ACCESS_DENIED_EXCEPTION",
  invalid: "VALIDATION_EXCEPTION",
  failed: "INTERNAL_SERVER_EXCEPTION",
};

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // S3 denies for other reasons than permissions, such as an object that is archived; its name of the error says which.
  const isNamed = error instanceof ObjectError && error.reason === "denied" && error.code !== "AccessDenied";
  return isNamed ? `${error.code}: ${error.message}` : error.message;
}

/** What no worker foresaw. A resource that went, or was revoked, since the job was made is the service's own kind of error. */
export function errorOf(error: unknown): JobError {
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
  return { code, message: messageOf(error) };
}
