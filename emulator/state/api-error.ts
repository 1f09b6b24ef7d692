/** An error that the service returns to its caller, unlike a defect of this program. */
import type { ServiceErrorName } from "../../service-model/errors";
import { errorStatuses } from "../../service-model/errors";

export type ResourceType = "DATA_SET" | "REVISION" | "ASSET" | "JOB" | "EVENT_ACTION" | "DATA_GRANT";

export class ApiError extends Error {
  constructor(
    /** Name of the error. The API model does not list some, such as those of signatures. */
    readonly code: string,
    readonly status: number,
    message: string,
    /** Members of the error besides `Message`, under their names on the wire. */
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const modelled = (
  name: ServiceErrorName,
  message: string,
  facts?: Readonly<Record<string, string | number>>,
) => new ApiError(name, errorStatuses[name], message, facts);

export const invalid = (message: string): ApiError => modelled("ValidationException", message);

/** A bucket policy that does not allow the service's access. The API model lists the cause. */
export const insufficientBucketPolicy = (message: string): ApiError =>
  modelled("ValidationException", message, { ExceptionCause: "InsufficientS3BucketPolicy" });

export const denied = (message: string): ApiError => modelled("AccessDeniedException", message);

export const throttled = (message = "Rate exceeded"): ApiError => modelled("ThrottlingException", message);

export const notFound = (resourceType: ResourceType, resourceId: string): ApiError =>
  modelled("ResourceNotFoundException", `The ${resourceName(resourceType)} ${resourceId} does not exist.`, {
    ResourceId: resourceId,
    ResourceType: resourceType,
  });

export const conflict = (resourceType: ResourceType, resourceId: string, message: string): ApiError =>
  modelled("ConflictException", message, { ResourceId: resourceId, ResourceType: resourceType });

export const limitExceeded = (limitName: string, limitValue: number): ApiError =>
  modelled("ServiceLimitExceededException", `The limit “${limitName}” of ${limitValue} was reached.`, {
    LimitName: limitName,
    LimitValue: limitValue,
  });

export const internal = (message: string): ApiError => modelled("InternalServerException", message);

const resourceName = (type: ResourceType): string => type.toLowerCase().replace("_", " ");
