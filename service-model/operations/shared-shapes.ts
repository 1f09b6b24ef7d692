/** Shapes that several groups of operations share. */
import { id } from "../shared-shapes";
import type { ServiceErrorName } from "../errors";
import type { Member } from "../shape";
import { boolean, integer, map, oneOf, optional, required, string, timestamp } from "../shape";

export const dataSetId = required(id, "The data set.");
export const revisionId = required(id, "The revision.");
export const assetId = required(id, "The asset.");
export const jobId = required(id, "The job.");

export const tags = optional(map(string()), "Tags of the resource, keys and values.");

export const assetType = oneOf(
  "S3_SNAPSHOT",
  "REDSHIFT_DATA_SHARE",
  "API_GATEWAY_API",
  "S3_DATA_ACCESS",
  "LAKE_FORMATION_DATA_PERMISSION",
);

/** What every stored resource says of itself. */
export const identity: Readonly<Record<string, Member>> = {
  id: required(id, "Id of the resource."),
  arn: required(string(), "ARN of the resource."),
  createdAt: required(timestamp(), "When it was created."),
  updatedAt: required(timestamp(), "When it was last changed."),
};

/** Members of a request for one page of a list. They come in the query string. */
export const paging: Readonly<Record<string, Member>> = {
  maxResults: optional(integer({ min: 1, max: 200 }), "Most entries to answer with."),
  nextToken: optional(string(), "Where the page before ended."),
};

/** Set on what a subscriber sees, and shown to the account that owns the source only. */
export const sourceId = optional(id, "Id of the owned resource that this entitled one shows.");

export const nextToken = optional(string(), "Where this page ended; absent on the last.");

export const finalized = optional(boolean(), "Whether the revision is read-only.");
export const comment = optional(string({ maxLength: 16384 }), "Comment about the revision.");

/** Errors that every operation on stored resources may answer. */
export const reading: readonly ServiceErrorName[] = [
  "ResourceNotFoundException",
  "ThrottlingException",
  "ValidationException",
  "InternalServerException",
];

export const writing: readonly ServiceErrorName[] = [...reading, "AccessDeniedException"];
export const changing: readonly ServiceErrorName[] = [...writing, "ConflictException"];

/** Errors of operations that make something out of nothing. */
export const creating: readonly ServiceErrorName[] = [
  "ServiceLimitExceededException",
  "ThrottlingException",
  "AccessDeniedException",
  "ValidationException",
  "InternalServerException",
];
