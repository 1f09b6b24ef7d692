/** An error that is the service's answer, as opposed to a mistake of this program. */
import type { ServiceErrorName } from "../../service-model/errors";
import { errorStatuses } from "../../service-model/errors";

export type ResourceType = "DATA_SET" | "REVISION" | "ASSET" | "JOB" | "EVENT_ACTION" | "DATA_GRANT";

export class ServiceError extends Error {
  constructor(
    /** The service's name of the error; may be one that the API model does not list, such as that of a bad signature. */
    readonly code: string,
    readonly status: number,
    message: string,
    /** Members of the error beside `Message`, named as on the wire. */
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = "ServiceError";
  }
}

const modelled = (
  name: ServiceErrorName,
  message: string,
  facts?: Readonly<Record<string, string | number>>,
) => new ServiceError(name, errorStatuses[name], message, facts);

export const invalid = (message: string): ServiceError => modelled("ValidationException", message);

/** A validation that failed for what S3 does not allow; the cause is one of those that the API model names. */
export const insufficientBucketPolicy = (message: string): ServiceError =>
  modelled("ValidationException", message, { ExceptionCause: "InsufficientS3BucketPolicy" });

export const denied = (message: string): ServiceError => modelled("AccessDeniedException", message);

export const throttled = (message = "Rate exceeded"): ServiceError =>
  modelled("ThrottlingException", message);

export const notFound = (resourceType: ResourceType, resourceId: string): ServiceError =>
  modelled("ResourceNotFoundException", `The ${words(resourceType)} ${resourceId} does not exist.`, {
    ResourceId: resourceId,
    ResourceType: resourceType,
  });

export const conflict = (resourceType: ResourceType, resourceId: string, message: string): ServiceError =>
  modelled("ConflictException", message, { ResourceId: resourceId, ResourceType: resourceType });

export const limitExceeded = (limitName: string, limitValue: number): ServiceError =>
  modelled("ServiceLimitExceededException", `The limit “${limitName}” of ${limitValue} was reached.`, {
    LimitName: limitName,
    LimitValue: limitValue,
  });

export const internal = (message: string): ServiceError => modelled("InternalServerException", message);

const words = (type: ResourceType): string => type.toLowerCase().replace("_", " ");
