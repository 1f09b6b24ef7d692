/** Converts errors of the AWS SDK, Node's network and signed URLs to the core's `ServiceError`. */
import { CodedError } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { FailureKind } from "../core/errors";
import { ServiceError, uploadOperation } from "../core/errors";
import { isSignatureError } from "./clock-skew";

interface SdkError extends Error {
  code?: string;
  address?: string;
  port?: number;
  /** One for each address of a host that has several. */
  errors?: SdkError[];
  $metadata?: { httpStatusCode?: number; requestId?: string };
  Message?: string;
  ResourceId?: string;
  ResourceType?: string;
  LimitName?: string;
  LimitValue?: number;
  ExceptionCause?: string;
  /** Remedy, in errors of this package. */
  remedy?: string;
}

export function toServiceError(operation: string, thrown: unknown): ServiceError {
  const error = thrown as SdkError;
  const status = error.$metadata?.httpStatusCode;
  const refusedBy = addressThatRefused(error);
  return new ServiceError({
    operation,
    kind: (operation === uploadOperation && kindOfUpload(error)) || kindOf(error, status),
    name: error.code ?? error.name,
    message: refusedBy ? `${refusedBy} refuses the connection` : redact(messageOf(error, thrown)),
    ...(refusedBy && { refusedBy }),
    status,
    requestId: error.$metadata?.requestId,
    resourceId: error.ResourceId,
    resourceType: error.ResourceType,
    limitName: error.LimitName,
    limitValue: error.LimitValue,
    exceptionCause: error.ExceptionCause,
    action: deniedAction.exec(error.message ?? "")?.[1] ?? `dataexchange:${operation}`,
    ...remedyOf(error),
  });
}

function messageOf(error: SdkError, thrown: unknown): string {
  if (thrown instanceof CodedError) return thrown.text;
  const message = error.Message ?? error.message ?? String(thrown);
  // The SDK adds a hint for debugging.
  const [said = ""] = message.split("\n  Deserialization error:");
  return error.$metadata?.httpStatusCode === 200 && error.name !== "UnexpectedAnswerError"
    ? `the answer is not one of the service: ${said}`
    : said;
}

function remedyOf(error: SdkError): { remedy?: string } {
  if (error.remedy) return { remedy: error.remedy };
  if (changedBodies.has(error.name)) {
    return { remedy: "Nothing was started; run `pulumi up` again, which uploads the body as it is then." };
  }
  if (untrusted.test(error.code ?? "")) {
    return {
      remedy:
        "If the network uses a private certificate authority, name its file in the setting customCaBundle, in " +
        "AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS, and run `pulumi up` again.",
    };
  }
  if (!isSignatureError(error)) return {};
  return {
    remedy:
      "The secret access key does not belong to the access key id, something on the way changed the request, " +
      "or this machine's clock is off; correct what is wrong and run `pulumi up` again.",
  };
}

/** Names of the error of a changed body: in S3 and in this package. */
const changedBodies = new Set(["BadDigest", "BodyChangedError"]);

/** Node's codes for a certificate with an unknown issuer. */
const untrusted = /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/;

/** Kinds of failed uploads that differ from those of failed API calls. */
function kindOfUpload({ name, message }: SdkError): FailureKind | undefined {
  // "AccessDenied: Request has expired" is about the URL, "ExpiredToken" about the session that signed it.
  if (name === "ExpiredToken" || (name === "AccessDenied" && /expired/i.test(message))) return "expired";
  // The URL does not match the request, or a policy denies it; the identity that runs Pulumi is not involved.
  return name === "AccessDenied" ? "other" : undefined;
}

function addressThatRefused(error: SdkError): string | undefined {
  if (error.code !== "ECONNREFUSED") return undefined;
  const { address, port } = error.errors?.[0] ?? error;
  if (address === undefined) return "The host";
  return `${address.includes(":") ? `[${address}]` : address}${port === undefined ? "" : `:${port}`}`;
}

/** IAM names the denied action. If a role cannot be assumed, that is not the action of the call. */
const deniedAction = /not authorized to perform: ([\w-]+:\w+)/;

const byName: Record<string, FailureKind> = {
  ThrottlingException: "throttled",
  TooManyRequestsException: "throttled",
  RequestLimitExceeded: "throttled",
  // STS answers these with 400, although the request is valid.
  RequestExpired: "other",
  RequestTimeTooSkewed: "other",
  ServiceLimitExceededException: "limit",
  ServiceQuotaExceededException: "limit",
  ResourceNotFoundException: "notFound",
  ConflictException: "conflict",
  AccessDeniedException: "accessDenied",
  ValidationException: "invalid",
  InternalServerException: "unavailable",
  BodyChangedError: "invalid",
  // S3 waited too long for a part of the body. The status is 400.
  RequestTimeout: "unavailable",
  // Names of STS, mostly with the status 400.
  Throttling: "throttled",
  AccessDenied: "accessDenied",
  ExpiredToken: "other",
  ExpiredTokenException: "other",
  InvalidIdentityTokenException: "other",
  IDPCommunicationErrorException: "unavailable",
};

const byStatus: Record<number, FailureKind> = {
  400: "invalid",
  402: "limit",
  404: "notFound",
  408: "unavailable",
  409: "conflict",
  429: "throttled",
};

/** Broken connections. The service may have accepted the request before. */
const brokenConnections = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "TimeoutError",
]);

function kindOf(error: SdkError, status: number | undefined): FailureKind {
  const named = byName[error.name];
  if (named) return named;
  if (status !== undefined && status >= 500) return "unavailable";
  if (status !== undefined && status >= 300) return byStatus[status] ?? "other";
  if (brokenConnections.has(error.code ?? "") || brokenConnections.has(error.name)) return "unavailable";
  // A success whose body was cut off, or a connection that ended early.
  if (status !== undefined || /socket hang up|aborted|premature/i.test(error.message)) return "unavailable";
  return "other";
}
