import type { Message } from "../../lib/message-code";
import { CodedError, withCode } from "../../lib/message-code";
import type { JobOutputs } from "./state";

/** The job exists, so its id and outputs must stay in state. The next `up` resumes or replaces it. */
export class UnfinishedJobError extends CodedError {
  constructor(
    message: Message,
    readonly id: string,
    readonly outputs: JobOutputs,
  ) {
    super(message);
  }
}

/** The job was cancelled before it was started, most likely by another process that does the same work. */
export class LostRaceError extends UnfinishedJobError {}

/** A wait reached its timeout. The job itself has not failed. */
export class WaitTimeoutError extends CodedError {}

/** Another job of the same set could not be started. */
export class NotStartedError extends CodedError {
  constructor() {
    super({ code: "job-not-started", text: "Another job of the set could not be started." });
  }
}

/** Some jobs of a set did not complete. The outputs of all jobs must stay in state. */
export class JobSetError extends CodedError {
  /** A sentence for each of the first failures, and one for the set. */
  readonly reasons: readonly string[];

  /** `stop`: why the set was stopped, which is the same for each of its jobs. */
  constructor(
    failures: ReadonlyMap<string, Error>,
    count: number,
    readonly outputs: { results: Record<string, unknown> },
    stop?: Message,
  ) {
    const isOwn = (error: Error) =>
      !(error.cause instanceof NotStartedError) && (error as CodedError).code !== stop?.code;
    const own = [...failures].filter(([, error]) => count === 1 || isOwn(error));
    const each = own.map(([name, { message }]) => (count === 1 ? message : `${name}: ${message}`));
    const [more, rest] = [each.length - maxReasons, failures.size - own.length];
    const ofRest = stop?.text ?? `${rest} jobs were not started because of that.`;
    const text =
      (more > 0 ? `${more} more jobs failed. ` : "") +
      (rest > 0 ? `${ofRest} ` : "") +
      `${failures.size} of ${count} jobs did not complete. The next \`pulumi up\` runs only these again.`;
    const code = stop?.code ?? "job-set-incomplete";
    const reasons = count === 1 ? each : [...each.slice(0, maxReasons), withCode(text, code)];
    super({ code, text: reasons.join("\n") });
    this.message = this.text;
    this.reasons = reasons;
  }
}

/** Limit of failed jobs that a message describes. */
const maxReasons = 10;

/** Why a call to the service failed, independent of the client. */
export type FailureKind =
  | "throttled" // 429: the request was not accepted
  | "unavailable" // 5xx, connection reset, timeout: the request may have been accepted
  | "limit" // 402 or a quota error: not accepted, may work later
  | "notFound"
  | "conflict"
  | "accessDenied"
  | "invalid" // the request itself is wrong
  | "expired" // the signed URL of an upload has expired: not accepted, and only a new job has a new URL
  | "other"; // no credentials, bad signature, unknown host: not accepted, and a retry does not help

/** Name of the upload to a signed URL, beside the API's operations. */
export const uploadOperation = "the upload";

export interface FailureFacts {
  kind: FailureKind;
  /** API operation, for example `CreateJob`. */
  operation: string;
  /** Name that the service or the client gives the error. */
  name: string;
  message: string;
  /** Host and port that refused the connection. The request was certainly not accepted. */
  refusedBy?: string;
  /** An attempt of this call got no usable answer, so the service may have accepted it. */
  mayBeAccepted?: boolean;
  status?: number;
  requestId?: string;
  resourceId?: string;
  resourceType?: string;
  limitName?: string;
  limitValue?: number;
  exceptionCause?: string;
  /** IAM action that the call needs. */
  action?: string;
  /** Remedy, if the client knows a better one than that of the kind. */
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

/** Whether a call got no usable answer, so that the service may have accepted it. */
export const isUnanswered = (error: unknown): boolean =>
  isFailure(error, "unavailable") && error.facts.refusedBy === undefined;

/** The result of the call, or `fallback` if it fails for one of these reasons. */
export const withFallback = <T, F>(call: Promise<T>, fallback: F, ...kinds: FailureKind[]): Promise<T | F> =>
  call.catch((error: unknown) => {
    if (isFailure(error, ...kinds)) return fallback;
    throw error;
  });
