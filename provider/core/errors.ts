import type { JobOutputs } from "./state";

/** The job exists, so its id and outputs have to stay in state; the next `up` goes on from there. */
export class UnfinishedJobError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: JobOutputs,
  ) {
    super(message);
    this.name = "UnfinishedJobError";
  }
}

/** Somebody cancelled the job before it was started, most likely because another process does the same work. */
export class LostRaceError extends UnfinishedJobError {}

/** A wait ran out. Nothing is wrong with the job itself. */
export class WaitTimeoutError extends Error {
  override readonly name = "WaitTimeoutError";
}

/** Another job of the same set could not be started. */
export class NotStartedError extends Error {
  constructor() {
    super("another job of the set could not be started");
  }
}

/** Some jobs of a set did not come to their end; what is known of all of them has to stay in state. */
export class JobSetError extends Error {
  override readonly name = "JobSetError";
  /** A sentence for each of the first that failed, and one for all. */
  readonly reasons: readonly string[];

  constructor(
    failures: ReadonlyMap<string, Error>,
    count: number,
    readonly outputs: { results: Record<string, unknown> },
  ) {
    const reasons = reasonsOf(failures, count);
    super(reasons.join("\n"));
    this.reasons = reasons;
  }
}

/** Sentences of failed jobs at the most. */
const maxReasons = 10;

function reasonsOf(failures: ReadonlyMap<string, Error>, count: number): string[] {
  const begun = [...failures].filter(([, { cause }]) => !(cause instanceof NotStartedError));
  const each = begun.map(([name, { message }]) => (count === 1 ? message : `${name}: ${message}`));
  if (count === 1) return each;
  const more = each.length - maxReasons;
  return [
    ...each.slice(0, maxReasons),
    ...(more > 0 ? [`${more} more jobs failed.`] : []),
    ...(begun.length < failures.size
      ? [`${failures.size - begun.length} jobs were not begun because of that.`]
      : []),
    `${failures.size} of ${count} jobs did not complete. The next \`pulumi up\` runs these again and no others.`,
  ];
}

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
