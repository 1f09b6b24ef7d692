/** One failed call to the service, told in the core's own terms whatever client made it. */
export type FailureKind =
  | "throttled" // 429: not taken
  | "unavailable" // 5xx, reset, time-out: may have been taken
  | "limit" // 402 or a quota's error: not taken, may work later
  | "notFound"
  | "conflict"
  | "accessDenied"
  | "invalid" // the request itself is wrong
  | "expired" // the signed URL of an upload is dead: not taken, and only a new job has a new one
  | "other"; // no credentials, bad signature, unknown host: not taken, will not work by itself

/** What a body put to a signed URL is called among the API's operations. */
export const uploadOperation = "the upload";

export interface FailureFacts {
  kind: FailureKind;
  /** API operation, for example `CreateJob`. */
  operation: string;
  /** The service's or the client's name of the error. */
  name: string;
  message: string;
  /** The host and port that refused the connection: nothing listens there, so the call was certainly not taken. */
  refusedBy?: string;
  status?: number;
  requestId?: string;
  resourceId?: string;
  resourceType?: string;
  limitName?: string;
  limitValue?: number;
  exceptionCause?: string;
  /** IAM action that the call needs. */
  action?: string;
  /** What to do, where the client knows it better than the kind tells. */
  remedy?: string;
}

export class ServiceError extends Error {
  constructor(readonly facts: FailureFacts) {
    super(`${facts.operation}: ${facts.name}: ${facts.message}`);
    this.name = "ServiceError";
  }

  get kind(): FailureKind {
    return this.facts.kind;
  }
}

export const isFailure = (error: unknown, ...kinds: FailureKind[]): error is ServiceError =>
  error instanceof ServiceError && kinds.includes(error.kind);
