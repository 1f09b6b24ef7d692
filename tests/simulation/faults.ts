/** Faults of the simulated service. */
import type { FailureFacts, FailureKind } from "../../provider/core/errors";
import { ServiceError, uploadOperation } from "../../provider/core/errors";
import type { DataExchange } from "../../provider/core/ports";

/** The service's operations, and `put` for an upload to a signed URL. */
export type Operation = keyof DataExchange | "put";

export interface Fault {
  times: number;
  /** Calls that succeed before the fault. */
  skip: number;
  /** The call takes effect, and only its answer is lost. */
  after: boolean;
  /** The call gets no answer until the caller aborts it. */
  hangs: boolean;
  facts: Partial<FailureFacts>;
}

export class Faults {
  private readonly ordered: (Fault & { operation: Operation; kind: FailureKind })[] = [];

  add(operation: Operation, kind: FailureKind, how: Partial<Fault> = {}): void {
    this.ordered.push({ operation, kind, times: 1, skip: 0, after: false, hangs: false, facts: {}, ...how });
  }

  /** The fault of the present call, which counts. */
  take(operation: Operation) {
    const next = this.ordered.find((fault) => fault.operation === operation && fault.times > 0);
    if (!next || next.skip-- > 0) return undefined;
    next.times--;
    return next;
  }
}

const failures: Record<FailureKind, [name: string, status: number]> = {
  throttled: ["ThrottlingException", 429],
  unavailable: ["InternalServerException", 500],
  limit: ["ServiceLimitExceededException", 402],
  notFound: ["ResourceNotFoundException", 404],
  conflict: ["ConflictException", 409],
  accessDenied: ["AccessDeniedException", 403],
  invalid: ["ValidationException", 400],
  expired: ["AccessDenied", 403],
  other: ["UnrecognizedClientException", 403],
};

/** The error of a failed call, as the client of the service throws it. */
export function serviceError(operation: Operation, kind: FailureKind, facts: Partial<FailureFacts> = {}) {
  const [name, status] = failures[kind];
  const called =
    operation === "put" ? uploadOperation : operation.charAt(0).toUpperCase() + operation.slice(1);
  const message = `${name} injected`;
  const action = `dataexchange:${called}`;
  return new ServiceError({ kind, operation: called, name, status, message, action, ...facts });
}
